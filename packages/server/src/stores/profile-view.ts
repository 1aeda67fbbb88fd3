import { membershipsOf } from '@affluent/core/audience/review'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { FoldedProfile } from '@affluent/core/profile/fold-profile'
import { foldProfile } from '@affluent/core/profile/fold-profile'
import { type Fragment, type FragmentState, NEVER_SEEN } from '@affluent/core/profile/fragment'
import type { ProfileAnswer } from '@affluent/protocol/api'
import type { Identifier, Json } from '@affluent/protocol/event'
import type { Database } from '../database/connect.ts'

/** A person as the API reads one: what the fragments say together. */
export interface PersonView {
  readonly folded: FoldedProfile
  readonly fragments: readonly number[]
  /** the fragments themselves */
  readonly members: readonly Fragment[]
}

interface FragmentRow {
  readonly id: number
  readonly profile: number
  readonly state: string
}

const MEMBERS = `
  select f.id, f.profile, f.state from fragment f join found on f.id = found.profile where f.workspace_id = $1
  union all
  select f.id, f.profile, f.state from fragment f join found on f.profile = found.profile
  where f.workspace_id = $1 and f.profile <> f.id`

/**
 * The person who has an identifier.
 * @param identifier normalised
 */
export async function viewPersonByIdentifier(
  database: Database,
  workspace: number,
  identifier: Identifier,
  rules: IdentityRules,
): Promise<PersonView | undefined> {
  const { rows } = await database.query<FragmentRow>({
    name: 'person_by_identifier',
    text: `with found as (
             select f.profile from identifier i join fragment f on f.workspace_id = $1 and f.id = i.owner
             where i.workspace_id = $1 and i.namespace = $2 and i.value = $3)
           ${MEMBERS}`,
    values: [workspace, identifier.namespace, identifier.value],
  })
  return toPerson(rows, rules)
}

/**
 * The person whom a fragment belongs to.
 * @param fragment any fragment of the person, also one that was merged away
 */
export async function viewPersonByFragment(
  database: Database,
  workspace: number,
  fragment: number,
  rules: IdentityRules,
): Promise<PersonView | undefined> {
  const { rows } = await database.query<FragmentRow>({
    name: 'person_by_fragment',
    text: `with found as (select profile from fragment where workspace_id = $1 and id = $2) ${MEMBERS}`,
    values: [workspace, fragment],
  })
  return toPerson(rows, rules)
}

function toPerson(rows: readonly FragmentRow[], rules: IdentityRules): PersonView | undefined {
  if (rows.length === 0) return undefined
  const fragments: Fragment[] = rows.map(({ id, profile, state }) => ({
    id,
    profile,
    state: JSON.parse(state) as FragmentState,
  }))
  return {
    folded: foldProfile(fragments, rules),
    fragments: fragments.map(({ id }) => id),
    members: fragments,
  }
}

/** The values of identifiers, by key. */
export async function viewIdentifiers(
  database: Database,
  workspace: number,
  ids: readonly number[],
): Promise<Map<number, Identifier>> {
  const { rows } = await database.query<Identifier & { id: number }>({
    name: 'identifiers_by_id',
    text: 'select id, namespace, value from identifier where workspace_id = $1 and id = any($2)',
    values: [workspace, ids],
  })
  return new Map(rows.map(({ id, namespace, value }) => [id, { namespace, value }]))
}

/**
 * The profile as the API answers it.
 * @param options.nameOfSource slug of a source
 * @param options.asOf milliseconds since the epoch
 */
export function describeProfile(
  { folded, members }: PersonView,
  identifiers: ReadonlyMap<number, Identifier>,
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

/**
 * First and last time as the API answers them.
 * @param asOf milliseconds since the epoch: stands for both while all that was seen lies ahead
 */
export function isoSpan(
  firstSeen: number,
  lastSeen: number,
  asOf: number,
): { readonly firstSeen: string; readonly lastSeen: string } {
  const wasSeen = firstSeen !== NEVER_SEEN.first
  return { firstSeen: isoOf(wasSeen ? firstSeen : asOf), lastSeen: isoOf(wasSeen ? lastSeen : asOf) }
}

function describeAudiences(
  members: readonly Fragment[],
  profile: number,
  keys: ReadonlyMap<number, string>,
): ProfileAnswer['audiences'] {
  const canonical = members.find(({ id }) => id === profile)
  if (canonical === undefined) return []
  return [...membershipsOf(canonical.state)]
    .flatMap(([version, since]) => {
      const key = keys.get(version)
      return key === undefined ? [] : [{ key, since: isoOf(since) }]
    })
    .sort((a, b) => (a.key < b.key ? -1 : 1))
}

/** Whether a reviewer's decision at a position changed one of these fragments. */
export async function wasDecidedAt(
  database: Database,
  workspace: number,
  fragments: readonly number[],
  position: number,
): Promise<boolean> {
  const { rows } = await database.query<{ found: boolean }>({
    name: 'decided_at',
    text: `select exists (select from ledger where workspace_id = $1 and fragment = any($2) and position = $3) as found`,
    values: [workspace, fragments, position],
  })
  return rows[0]?.found === true
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString()
}
