import {
  type GraphChanges,
  type KnownIdentifier,
  knownIdentifier,
} from '@affluent/core/identity/identity-graph'
import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { LedgerKind } from '@affluent/core/identity/ledger'
import type { RespellingPass } from '@affluent/core/identity/respelling-pass'
import type { Merge } from '@affluent/core/identity/unmerge'
import type { Identifier } from '@affluent/protocol/event'
import { BinaryCopy, CELL_BYTES, textCellBytes } from '../platform/database/binary-copy.ts'
import type { Reader } from '../platform/database/connect.ts'
import { copyRow } from '../platform/database/copy-row.ts'
import { copyStatement, type Statement } from '../platform/database/statement.ts'
import type { EncodedFragment } from '../platform/processing/batch-decision.ts'

/*
 * Rows are looked for by keys that come from outside. Beside a large workspace PostgreSQL takes a new one for empty
 * until it has counted again, and a join might begin with "its one row": then every row of the workspace is compared
 * with every key, seconds for one batch. So each key looks for its own row: a lateral part with "offset 0" is not
 * merged into the join, and what is found is updated by its place.
 */
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
           cross join lateral (
             select id, namespace, value, owner from identifier
             where workspace_id = $1 and namespace = k.namespace and value = k.value offset 0) i`,
    values: [workspace, identifiers.map(({ namespace }) => namespace), identifiers.map(({ value }) => value)],
  })
  return rows.map(({ id, namespace, value, owner }) =>
    knownIdentifier(keyIdentifier(namespace, value), id, owner),
  )
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
           cross join lateral (select id, profile, state from fragment where workspace_id = $1 and id = k.id offset 0) f`,
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
           cross join lateral (select ledger, a, b from edge where workspace_id = $1 and a = k.id offset 0) e
           cross join lateral (select identifiers, rule from ledger where workspace_id = $1 and id = e.ledger offset 0) l
           order by e.ledger`,
    values: [workspace, fragments],
  })
  return rows
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
  return rows.map(({ id, namespace, value, owner }) =>
    knownIdentifier(keyIdentifier(namespace, value), id, owner),
  )
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
      text: `update identifier i set value = r.value
             from (select k.value, found.place from unnest($2::bigint[], $3::text[]) as k (id, value)
                   cross join lateral (
                     select ctid as place from identifier where workspace_id = $1 and id = k.id offset 0) found) r
             where i.ctid = r.place`,
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
      text: `update identifier i set owner = a.owner
             from (select k.owner, found.place from unnest($2::bigint[], $3::bigint[]) as k (id, owner)
                   cross join lateral (
                     select ctid as place from identifier where workspace_id = $1 and id = k.id offset 0) found) a
             where i.ctid = a.place`,
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
 * Many rows go into a temporary table by COPY and from there by one update, the cheapest way; emptying that table at
 * the commit costs more than a few rows do, so these go as parameters.
 */
function updateFragments(workspace: number, changed: readonly EncodedFragment[]): Statement[] {
  if (changed.length === 0) return []
  if (changed.length <= UPDATE_AS_PARAMETERS_MAX) return [updateFewFragments(workspace, changed)]
  return [
    copyChanged(changed),
    {
      kind: 'query',
      name: 'update_fragments',
      text: `update fragment f set profile = c.profile, state = c.state
             from (select k.profile, k.state, found.place from changed_fragment k
                   cross join lateral (
                     select ctid as place from fragment where workspace_id = $1 and id = k.id offset 0) found) c
             where f.ctid = c.place`,
      values: [workspace],
    },
  ]
}

function copyChanged(changed: readonly EncodedFragment[]): Statement {
  let bytes = 0
  for (const { state } of changed) bytes += 2 * CELL_BYTES.int8 + textCellBytes(state)
  const copy = new BinaryCopy('changed_fragment (id, profile, state)', 3, changed.length, bytes)
  for (const { id, profile, state } of changed) {
    copy.row()
    copy.int8(id)
    copy.int8(profile)
    copy.text(state)
  }
  return copy.finish()
}

/** A few fragments as a statement of its transaction. */
export function updateFewFragments(workspace: number, changed: readonly EncodedFragment[]): Statement {
  return {
    kind: 'query',
    name: 'update_few_fragments',
    text: `update fragment f set profile = c.profile, state = c.state
           from (select k.profile, k.state, found.place
                 from unnest($2::bigint[], $3::bigint[], $4::text[]) as k (id, profile, state)
                 cross join lateral (
                   select ctid as place from fragment where workspace_id = $1 and id = k.id offset 0) found) c
           where f.ctid = c.place`,
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
