import { membershipsOf } from '@affluent/core/audience/memberships-slice'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { FoldedProfile } from '@affluent/core/profile/fold-profile'
import { foldProfile } from '@affluent/core/profile/fold-profile'
import type { Fragment } from '@affluent/core/profile/fragment'
import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import type { Identifier, Json } from '@affluent/protocol/event'
import { type FoundPerson, isoSpan } from '../identity/contract.ts'

/** A person as the API reads one: what the fragments say together. */
export interface PersonView {
  readonly folded: FoldedProfile
  readonly fragments: readonly number[]
  /** the fragments themselves */
  readonly members: readonly Fragment[]
  /** what they have seen, by number */
  readonly identifiers: ReadonlyMap<number, Identifier>
}

/** What the fragments of one person say together; undefined: there is nobody. */
export function viewPerson(
  { fragments: members, identifiers }: FoundPerson,
  rules: IdentityRules,
): PersonView | undefined {
  if (members.length === 0) return undefined
  return { folded: foldProfile(members, rules), fragments: members.map(({ id }) => id), members, identifiers }
}

/**
 * The profile as the API answers it.
 * @param options.nameOfSource slug of a source
 * @param options.asOf milliseconds since the epoch
 */
export function describeProfile(
  { folded, members, identifiers }: PersonView,
  options: {
    id: string
    asOf: number
    nameOfSource: (source: number) => string
    /** keys of audiences by the version whose members are shown */
    audienceKeys: ReadonlyMap<number, string>
  },
): ProfileAnswer {
  const traits: Record<string, Json> = {}
  const traitSources: Record<string, { source: string; at: string }> = {}
  for (const [name, { value, source, time }] of folded.traits) {
    traits[name] = value
    traitSources[name] = { source: options.nameOfSource(source), at: isoOf(time) }
  }
  return {
    id: options.id,
    kind: folded.kind,
    identifiers: folded.identifiers.flatMap(({ id, firstSeen, lastSeen, source }) => {
      const identifier = identifiers.get(id)
      if (identifier === undefined) return []
      const seen = {
        ...isoSpan(firstSeen, lastSeen, options.asOf),
        source: options.nameOfSource(source),
      }
      return [{ ...identifier, ...seen }]
    }),
    traits,
    traitSources,
    computedTraits: {},
    audiences: describeAudiences(members, folded.profile, options.audienceKeys),
    consent: {},
    events: folded.events,
    ...isoSpan(folded.firstSeen, folded.lastSeen, options.asOf),
    asOf: isoOf(options.asOf),
  }
}

function describeAudiences(
  members: readonly Fragment[],
  profile: number,
  keys: ReadonlyMap<number, string>,
): ProfileAnswer['audiences'] {
  const canonical = members.find(({ id }) => id === profile)
  if (canonical === undefined) return []
  return [...membershipsOf(canonical.state.memberships)]
    .flatMap(([version, since]) => {
      const key = keys.get(version)
      return key === undefined ? [] : [{ key, since: isoOf(since) }]
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
