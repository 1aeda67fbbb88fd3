import type { GraphChanges, KnownIdentifier } from '@affluent/core/identity/identity-graph'
import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { LedgerKind } from '@affluent/core/identity/ledger'
import type { Merge } from '@affluent/core/identity/unmerge'
import type { Identifier } from '@affluent/protocol/event'
import type { Client } from '../database/connect.ts'
import { copyRow } from '../database/copy-row.ts'
import { copyStatement, type Statement } from '../database/statement.ts'

/** What reads: the pool, or one connection where several queries must see the same state. */
export type Reader = Pick<Client, 'query'>

/** A fragment as it is saved: its state is text already, so that deciding may go on while it is being saved. */
export interface EncodedFragment {
  readonly id: number
  readonly profile: number
  readonly state: string
}

const UPDATE_AS_PARAMETERS_MAX = 200

/** The identifiers among these that are known. */
export async function findIdentifiers(
  database: Reader,
  workspace: number,
  identifiers: readonly Identifier[],
): Promise<KnownIdentifier[]> {
  const { rows } = await database.query<Omit<KnownIdentifier, 'key'>>({
    name: 'find_identifiers',
    text: `select i.id, i.namespace, i.value, i.owner
           from unnest($2::text[], $3::text[]) as k (namespace, value)
           join identifier i on i.workspace_id = $1 and i.namespace = k.namespace and i.value = k.value`,
    values: [workspace, identifiers.map(({ namespace }) => namespace), identifiers.map(({ value }) => value)],
  })
  return rows.map(({ id, namespace, value, owner }) => ({ ...keyIdentifier(namespace, value), id, owner }))
}

/** Fragments by number. */
export async function findFragments(
  database: Reader,
  workspace: number,
  ids: readonly number[],
): Promise<EncodedFragment[]> {
  const { rows } = await database.query<EncodedFragment>({
    name: 'find_fragments',
    text: `select f.id, f.profile, f.state from unnest($2::bigint[]) as k (id)
           join fragment f on f.workspace_id = $1 and f.id = k.id`,
    values: [workspace, ids],
  })
  return rows
}

/**
 * A ledger entry that is to be undone.
 * @returns its kind, and one fragment of its merge while that is active; undefined when there is no such entry
 */
export async function findMerge(
  database: Reader,
  workspace: number,
  ledger: number,
): Promise<{ readonly kind: LedgerKind; readonly fragment: number | null } | undefined> {
  const { rows } = await database.query<{ kind: LedgerKind; fragment: number | null }>({
    name: 'find_merge',
    text: `select l.kind, e.a as fragment
           from ledger l left join edge e on e.workspace_id = l.workspace_id and e.ledger = l.id
           where l.workspace_id = $1 and l.id = $2`,
    values: [workspace, ledger],
  })
  return rows[0]
}

/**
 * The active merges of whole profiles, oldest first.
 * @param fragments all of these profiles
 */
export async function findMerges(
  database: Reader,
  workspace: number,
  fragments: readonly number[],
): Promise<Merge[]> {
  const { rows } = await database.query<Merge>({
    name: 'find_merges',
    text: `select e.ledger, e.a, e.b, l.identifiers, l.rule
           from unnest($2::bigint[]) as k (id)
           join edge e on e.workspace_id = $1 and e.a = k.id
           join ledger l on l.workspace_id = $1 and l.id = e.ledger
           order by e.ledger`,
    values: [workspace, fragments],
  })
  return rows
}

/** The identifiers that a pass has still to look at; `namespace` null: of all. */
export interface RespellingPass {
  readonly namespace: string | null
  readonly after: number
  readonly until: number
}

/** The pass over stored identifiers that is under way, if one is. */
export async function findRespellingPass(
  database: Reader,
  workspace: number,
): Promise<RespellingPass | undefined> {
  const { rows } = await database.query<RespellingPass>({
    name: 'respelling_pass',
    text: 'select namespace, after, until from respelling where workspace_id = $1',
    values: [workspace],
  })
  return rows[0]
}

/** The next identifiers of a pass, by number. */
export async function listIdentifiersOfPass(
  database: Reader,
  workspace: number,
  { namespace, after, until }: RespellingPass,
  limit: number,
): Promise<KnownIdentifier[]> {
  const { rows } = await database.query<Omit<KnownIdentifier, 'key'>>({
    name: 'identifiers_of_pass',
    text: `select id, namespace, value, owner from identifier
           where workspace_id = $1 and id > $2 and id <= $3 and ($4::text is null or namespace = $4) order by id limit $5`,
    values: [workspace, after, until, namespace, limit],
  })
  return rows.map(({ id, namespace, value, owner }) => ({ ...keyIdentifier(namespace, value), id, owner }))
}

/** The changes of decisions as statements of its transaction; tables always in the same order. */
export function describeIdentityChanges(
  workspace: number,
  changes: GraphChanges,
  fragments: { readonly made: readonly EncodedFragment[]; readonly changed: readonly EncodedFragment[] },
): Statement[] {
  return [
    ...respellIdentifiers(workspace, changes),
    ...copyStatement(
      'identifier (workspace_id, id, namespace, value, owner)',
      identifierRows(workspace, changes),
    ),
    ...adoptIdentifiers(workspace, changes),
    ...copyStatement('fragment (workspace_id, id, profile, state)', madeRows(workspace, fragments.made)),
    ...updateFragments(workspace, fragments.changed),
    ...copyStatement(
      'ledger (workspace_id, id, kind, fragment, other, identifiers, rule, position, at, author_kind, author)',
      ledgerRows(workspace, changes),
    ),
    ...copyStatement(
      'edge (workspace_id, ledger, a, b)',
      changes.edges.map((edge) => copyRow([workspace, edge.ledger, edge.a, edge.b])).join(''),
    ),
    ...deleteEdges(workspace, changes),
  ]
}

function identifierRows(workspace: number, changes: GraphChanges): string {
  let rows = ''
  for (const { id, namespace, value, owner } of changes.newIdentifiers) {
    rows += copyRow([workspace, id, namespace, value, owner])
  }
  return rows
}

function respellIdentifiers(workspace: number, { respelled }: GraphChanges): Statement[] {
  if (respelled.size === 0) return []
  const all = [...respelled]
  return [
    {
      kind: 'query',
      text: `update identifier i set value = r.value from unnest($2::bigint[], $3::text[]) as r (id, value)
             where i.workspace_id = $1 and i.id = r.id`,
      values: [workspace, all.map(({ id }) => id), all.map(({ value }) => value)],
    },
  ]
}

function adoptIdentifiers(workspace: number, changes: GraphChanges): Statement[] {
  if (changes.adopted.size === 0) return []
  const adopted = [...changes.adopted]
  return [
    {
      kind: 'query',
      text: `update identifier i set owner = a.owner from unnest($2::bigint[], $3::bigint[]) as a (id, owner)
             where i.workspace_id = $1 and i.id = a.id`,
      values: [workspace, adopted.map(({ id }) => id), adopted.map(({ owner }) => owner)],
    },
  ]
}

function madeRows(workspace: number, made: readonly EncodedFragment[]): string {
  let rows = ''
  for (const { id, profile, state } of made) rows += copyRow([workspace, id, profile, state])
  return rows
}

/**
 * Many rows go into a temporary table by COPY and from there by one update, the cheapest way; emptying that table at the commit costs more than
 * a few rows do, so these go as parameters.
 */
function updateFragments(workspace: number, changed: readonly EncodedFragment[]): Statement[] {
  if (changed.length === 0) return []
  if (changed.length <= UPDATE_AS_PARAMETERS_MAX) return [updateFewFragments(workspace, changed)]
  let rows = ''
  for (const { id, profile, state } of changed) rows += copyRow([id, profile, state])
  return [
    ...copyStatement('changed_fragment (id, profile, state)', rows),
    {
      kind: 'query',
      name: 'update_fragments',
      text: `update fragment f set profile = c.profile, state = c.state from changed_fragment c
             where f.workspace_id = $1 and f.id = c.id`,
      values: [workspace],
    },
  ]
}

function updateFewFragments(workspace: number, changed: readonly EncodedFragment[]): Statement {
  return {
    kind: 'query',
    name: 'update_few_fragments',
    text: `update fragment f set profile = c.profile, state = c.state
           from unnest($2::bigint[], $3::bigint[], $4::text[]) as c (id, profile, state)
           where f.workspace_id = $1 and f.id = c.id`,
    values: [
      workspace,
      changed.map(({ id }) => id),
      changed.map(({ profile }) => profile),
      changed.map(({ state }) => state),
    ],
  }
}

function ledgerRows(workspace: number, changes: GraphChanges): string {
  let rows = ''
  for (const { id, kind, fragment, other, identifiers, rule, position, time, author } of changes.ledger) {
    const at = new Date(time).toISOString()
    const keys = `{${identifiers.join(',')}}`
    const said = [author?.kind ?? null, author?.name ?? null]
    rows += copyRow([workspace, id, kind, fragment, other, keys, rule, position, at, ...said])
  }
  return rows
}

function deleteEdges(workspace: number, { cutEdges }: GraphChanges): Statement[] {
  if (cutEdges.length === 0) return []
  return [
    {
      kind: 'query',
      text: 'delete from edge where workspace_id = $1 and ledger = any($2::bigint[])',
      values: [workspace, cutEdges.map(({ ledger }) => ledger)],
    },
  ]
}
