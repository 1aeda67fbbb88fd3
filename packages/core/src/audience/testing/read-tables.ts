import type { PlainPerson } from '../../condition/testing/cold-answer.ts'
import { decodeState, type Fragment } from '../../profile/fragment.ts'
import type { LifeTables, StoredFragment } from './life-tables.ts'

export function readFragment({ fragments }: LifeTables, id: number): Fragment {
  const { profile, state } = fragments.get(id) as StoredFragment
  return { id, profile, state: decodeState(state) }
}

/** Profiles with their fragments, the one that stands for it first. */
export function profilesOf(tables: LifeTables): Fragment[][] {
  const byProfile = new Map<number, Fragment[]>()
  for (const id of tables.fragments.keys()) {
    const fragment = readFragment(tables, id)
    const members = byProfile.get(fragment.profile) ?? []
    byProfile.set(fragment.profile, members)
    if (fragment.profile === id) members.unshift(fragment)
    else members.push(fragment)
  }
  return [...byProfile.values()]
}

/** All that is known of a profile, from the kept rows alone. */
export function plainPerson({ rows, identifiers }: LifeTables, members: readonly Fragment[]): PlainPerson {
  const ids = new Set(members.map(({ id }) => id))
  const own = rows.filter(({ fragment }) => ids.has(fragment))
  return {
    profile: (members[0] as Fragment).profile,
    events: own.flatMap(({ event }) => event ?? []),
    identifies: own.flatMap(({ identify }) => identify ?? []),
    namespaces: [...identifiers.values()]
      .filter(({ owner }) => ids.has(owner))
      .map(({ namespace }) => namespace),
  }
}
