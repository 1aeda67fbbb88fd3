import { audiences } from './audiences/room.ts'
import { destinations } from './destinations/room.ts'
import { home } from './home/room.ts'
import { live } from './live/room.ts'
import { people } from './people/room.ts'
import { settings } from './settings/room.ts'
import { sources } from './sources/room.ts'
import { team } from './team/room.ts'

/** The rooms that exist, in the order of the navigation. */
export const ROOMS = [home, sources, live, people, audiences, destinations, team, settings] as const

export type Rooms = typeof ROOMS
/** Any page of any room. */
export type AnyScreen = Rooms[number]['screens'][number]
/** The words of every room, by its key. */
export type RoomWords = { [R in Rooms[number] as R['key']]: Awaited<ReturnType<R['words']['fr']>> }
