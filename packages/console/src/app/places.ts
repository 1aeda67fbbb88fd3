import { useMemo } from 'react'
import { address } from '../api/address.ts'
import { useWorkspace } from '../api/use-workspace.ts'

type Search = Parameters<typeof address>[1]

/** The address of every room, so that no screen writes one by hand. */
export interface Places {
  readonly home: string
  readonly live: (search?: Search) => string
  readonly people: (search?: Search) => string
  readonly person: (profileId: string, search?: Search) => string
  readonly audiences: (search?: Search) => string
  readonly audience: (key: string, search?: Search) => string
  readonly destinations: (search?: Search) => string
  readonly destination: (id: string, search?: Search) => string
  readonly sources: (search?: Search) => string
  readonly settings: string
}

/** The places of the workspace in the address. */
export function usePlaces(): Places {
  const workspace = useWorkspace()
  return useMemo(() => placesIn(workspace), [workspace])
}

/** The places of a workspace. */
export function placesIn(workspace: string): Places {
  const root = `/w/${encodeURIComponent(workspace)}`
  const at =
    (room: string) =>
    (search: Search = {}) =>
      address(`${root}/${room}`, search)
  const below =
    (room: string) =>
    (name: string, search: Search = {}) =>
      address(`${root}/${room}/${encodeURIComponent(name)}`, search)
  return {
    home: `${root}/`,
    live: at('live'),
    people: at('people'),
    person: below('people'),
    audiences: at('audiences'),
    audience: below('audiences'),
    destinations: at('destinations'),
    destination: below('destinations'),
    sources: at('sources'),
    settings: `${root}/settings`,
  }
}
