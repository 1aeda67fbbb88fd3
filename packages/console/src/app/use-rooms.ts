import { createContext, useContext } from 'react'
import { useMayDo } from '../api/use-may.ts'
import type { Rooms } from '../rooms/rooms.ts'
import type { RoomFacts } from './room.ts'

const RoomsContext = createContext<Rooms | undefined>(undefined)

/** Hands the rooms to every screen: a screen that imported the list would import itself. */
export const RoomsProvider = RoomsContext.Provider

/** The rooms that there are, in the order of the navigation. */
export function useRooms(): Rooms {
  const rooms = useContext(RoomsContext)
  if (rooms === undefined) throw new Error('A screen stands outside the console')
  return rooms
}

/** The rooms that the member's role opens. */
export function useOpenRooms(): readonly RoomFacts[] {
  const rooms: readonly RoomFacts[] = useRooms()
  const may = useMayDo()
  return rooms.filter(({ needs }) => may(needs))
}
