import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { type FoldedProfile, foldProfile } from '@affluent/core/profile/fold-profile'
import { titleProfile } from '@affluent/core/profile/profile-title'
import type { Identifier } from '@affluent/protocol/event'
import { findFragmentsOfPeople, viewIdentifiers } from '../identity/contract.ts'
import type { Database } from '../platform/database/connect.ts'

/** A person in short. */
export interface PersonSummary {
  readonly folded: FoldedProfile
  /** strongest first */
  readonly identifiers: readonly Identifier[]
  /** '' when nothing is known */
  readonly title: string
}

/**
 * Several people in short, by the fragment or profile that was asked for; of one that was merged since, the person of
 * now.
 * @param asked fragments, the canonical ones included
 */
export async function viewPeople(
  database: Database,
  workspace: number,
  asked: readonly number[],
  rules: IdentityRules,
): Promise<Map<number, PersonSummary>> {
  const fragments = await findFragmentsOfPeople(database, workspace, asked)
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
