import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { type FoldedProfile, foldProfile } from '@affluent/core/profile/fold-profile'
import type { Fragment, FragmentState } from '@affluent/core/profile/fragment'
import { titleProfile } from '@affluent/core/profile/profile-title'
import type { Identifier } from '@affluent/protocol/event'
import type { Database } from '../database/connect.ts'
import { viewIdentifiers } from './profile-view.ts'

/** A person in short. */
export interface PersonSummary {
  readonly folded: FoldedProfile
  /** strongest first */
  readonly identifiers: readonly Identifier[]
  /** '' when nothing is known */
  readonly title: string
}

/**
 * Several people in short, by the fragment or profile that was asked for; of one that was merged since, the person of now.
 * @param asked fragments, the canonical ones included
 */
export async function viewPeople(
  database: Database,
  workspace: number,
  asked: readonly number[],
  rules: IdentityRules,
): Promise<Map<number, PersonSummary>> {
  const { rows } = await database.query<{ asked: number; id: number; profile: number; state: string }>({
    name: 'members_of_profiles',
    text: `with found as (
             select k.id as asked, f.profile from unnest($2::bigint[]) as k (id)
             join fragment f on f.workspace_id = $1 and f.id = k.id)
           select found.asked, f.id, f.profile, f.state from found join fragment f on f.workspace_id = $1 and f.id = found.profile
           union all
           select found.asked, f.id, f.profile, f.state from found
           join fragment f on f.workspace_id = $1 and f.profile = found.profile and f.profile <> f.id`,
    values: [workspace, asked],
  })
  const fragments = new Map<number, Fragment[]>()
  for (const { asked, id, profile, state } of rows) {
    const list = fragments.get(asked) ?? []
    list.push({ id, profile, state: JSON.parse(state) as FragmentState })
    fragments.set(asked, list)
  }
  const folded = [...fragments].map(([asked, members]) => [asked, foldProfile(members, rules)] as const)
  const values = await viewIdentifiers(
    database,
    workspace,
    folded.flatMap(([, { identifiers }]) => identifiers.map(({ id }) => id)),
  )
  return new Map(
    folded.map(([asked, person]) => {
      const identifiers = person.identifiers.flatMap(({ id }) => values.get(id) ?? [])
      const title = titleProfile((name) => person.traits.get(name)?.value, identifiers)
      return [asked, { folded: person, identifiers, title }]
    }),
  )
}

/** The profiles that fragments belong to now, by fragment. */
export async function findProfilesOf(
  database: Database,
  workspace: number,
  fragments: readonly number[],
): Promise<Map<number, number>> {
  const { rows } = await database.query<{ id: number; profile: number }>({
    name: 'profiles_of_fragments',
    text: `select f.id, f.profile from unnest($2::bigint[]) as k (id)
           join fragment f on f.workspace_id = $1 and f.id = k.id`,
    values: [workspace, fragments],
  })
  return new Map(rows.map(({ id, profile }) => [id, profile]))
}

/** Number of the fragment that was made last. */
export async function countFragments(database: Database, workspace: number): Promise<number> {
  const { rows } = await database.query<{ last: number }>({
    name: 'last_fragment',
    text: 'select next_fragment - 1 as last from walk where workspace_id = $1',
    values: [workspace],
  })
  return rows[0]?.last ?? 0
}
