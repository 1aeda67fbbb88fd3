import { decodeState, type Fragment, makeFragment } from '@affluent/core/profile/fragment'
import type { Identifier } from '@affluent/protocol/event'
import type { Database, Reader } from '../platform/database/connect.ts'

interface FragmentRow {
  readonly id: number
  readonly profile: number
  readonly state: string
}

interface MemberRow extends FragmentRow {
  /** null: it has seen none */
  readonly names: readonly (readonly [id: number, namespace: string, value: string])[] | null
}

/** A person as one look at the database finds it. */
export interface FoundPerson {
  /** all of them; none: there is nobody */
  readonly fragments: readonly Fragment[]
  /** what the fragments have seen, by number */
  readonly identifiers: ReadonlyMap<number, Identifier>
}

/** The numbers of the identifiers that a fragment has seen stand in its state (`s`, of the identity slice). */
const MEMBERS = `
  select f.id, f.profile, f.state, n.names from found
  cross join lateral (
    select id, profile, state from fragment where workspace_id = $1 and id = found.profile
    union all
    select id, profile, state from fragment
    where workspace_id = $1 and profile = found.profile and profile <> id) f
  cross join lateral (
    select json_agg(json_build_array(i.id, i.namespace, i.value)) as names
    from json_array_elements(f.state::json -> 's') as s (sighting)
    cross join lateral (
      select id, namespace, value from identifier
      where workspace_id = $1 and id = (s.sighting ->> 0)::bigint offset 0) i) n`

/**
 * The person who has an identifier.
 * @param identifier normalised
 */
export async function findPersonByIdentifier(
  database: Database,
  workspace: number,
  identifier: Identifier,
): Promise<FoundPerson> {
  const { rows } = await database.query<MemberRow>({
    name: 'person_by_identifier',
    text: `with found as (
             select f.profile from identifier i
             cross join lateral (select profile from fragment where workspace_id = $1 and id = i.owner offset 0) f
             where i.workspace_id = $1 and i.namespace = $2 and i.value = $3)
           ${MEMBERS}`,
    values: [workspace, identifier.namespace, identifier.value],
  })
  return toPerson(rows)
}

/**
 * The person whom a fragment belongs to.
 * @param fragment any fragment of the person, also one that was merged away
 */
export async function findPersonByFragment(
  database: Database,
  workspace: number,
  fragment: number,
): Promise<FoundPerson> {
  const { rows } = await database.query<MemberRow>({
    name: 'person_by_fragment',
    text: `with found as (select profile from fragment where workspace_id = $1 and id = $2) ${MEMBERS}`,
    values: [workspace, fragment],
  })
  return toPerson(rows)
}

/**
 * All fragments of several people, by the fragment or profile that was asked for; of one that was merged since, those
 * of the person of now.
 * @param asked fragments, the canonical ones included
 */
export async function findFragmentsOfPeople(
  database: Database,
  workspace: number,
  asked: readonly number[],
): Promise<Map<number, Fragment[]>> {
  const { rows } = await database.query<{ asked: number; id: number; profile: number; state: string }>({
    name: 'members_of_profiles',
    text: `with found as (
             select k.id as asked, f.profile from unnest($2::bigint[]) as k (id)
             cross join lateral (select id, profile from fragment where workspace_id = $1 and id = k.id offset 0) f)
           select found.asked, f.id, f.profile, f.state from found
           cross join lateral (
             select id, profile, state from fragment where workspace_id = $1 and id = found.profile
             union all
             select id, profile, state from fragment
             where workspace_id = $1 and profile = found.profile and profile <> id) f`,
    values: [workspace, asked],
  })
  const fragments = new Map<number, Fragment[]>()
  for (const { asked, id, profile, state } of rows) {
    const list = fragments.get(asked) ?? []
    list.push(toFragment({ id, profile, state }))
    fragments.set(asked, list)
  }
  return fragments
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
           cross join lateral (select id, profile from fragment where workspace_id = $1 and id = k.id offset 0) f`,
    values: [workspace, fragments],
  })
  return new Map(rows.map(({ id, profile }) => [id, profile]))
}

/** The profiles that were made last, newest first. */
export async function listNewestProfiles(
  database: Reader,
  workspace: number,
  limit: number,
): Promise<number[]> {
  const { rows } = await database.query<{ id: number }>({
    name: 'newest_profiles',
    text: 'select id from fragment where workspace_id = $1 and profile = id order by id desc limit $2',
    values: [workspace, limit],
  })
  return rows.map(({ id }) => id)
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

function toPerson(rows: readonly MemberRow[]): FoundPerson {
  const identifiers = new Map<number, Identifier>()
  for (const { names } of rows)
    for (const [id, namespace, value] of names ?? []) identifiers.set(id, { namespace, value })
  return { fragments: rows.map(toFragment), identifiers }
}

function toFragment({ id, profile, state }: FragmentRow): Fragment {
  return makeFragment(id, profile, decodeState(state))
}
