import { useMemo } from 'react'
import { useWorkspace } from '../api/use-workspace.ts'
import type { AnyScreen, Rooms } from '../rooms/rooms.ts'
import { useRooms } from './use-rooms.ts'

/** The address of every screen, so that none writes one by hand. */
export type Places = { readonly [S in AnyScreen as S['place']]: S['at'] }

/** The places of the workspace in the address. */
export function usePlaces(): Places {
  const rooms = useRooms()
  const workspace = useWorkspace()
  return useMemo(() => placesIn(rooms, workspace), [rooms, workspace])
}

/** A function that gives the places of any workspace. */
export function usePlacesIn(): (workspace: string) => Places {
  const rooms = useRooms()
  return (workspace) => placesIn(rooms, workspace)
}

/** The places of a workspace. */
export function placesIn(rooms: Rooms, workspace: string): Places {
  const places = rooms
    .flatMap<AnyScreen>(({ screens }) => [...screens])
    .map(({ place, at }) => {
      const below = at as (...given: unknown[]) => string
      return [place, (...given: unknown[]) => addressIn(workspace, below(...given))]
    })
  return Object.fromEntries(places) as Places
}

/** The address of what stands below a workspace. */
export function addressIn(workspace: string, below: string): string {
  return `/w/${encodeURIComponent(workspace)}${below}`
}
