import type { GraphChanges, KnownIdentifier } from '@affluent/core/identity/identity-graph'
import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { Fragment, FragmentState } from '@affluent/core/profile/fragment'
import type { Identifier } from '@affluent/protocol/event'
import type { ClientBase } from 'pg'
import type { Database } from '../database/connect.ts'
import { copyIn, copyRow } from '../database/copy.ts'

/** A fragment as it is saved: its state is text already, so that deciding may go on while it is being saved. */
export interface EncodedFragment {
  readonly id: number
  readonly profile: number
  readonly state: string
}

interface FragmentRow {
  readonly id: number
  readonly profile: number
  readonly state: string
}

/** The identifiers among these that are known. */
export async function findIdentifiers(
  database: Database,
  workspace: number,
  identifiers: readonly Identifier[],
): Promise<KnownIdentifier[]> {
  if (identifiers.length === 0) return []
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
  database: Database,
  workspace: number,
  ids: readonly number[],
): Promise<Fragment[]> {
  if (ids.length === 0) return []
  const { rows } = await database.query<FragmentRow>({
    name: 'find_fragments',
    text: `select f.id, f.profile, f.state from unnest($2::bigint[]) as k (id)
           join fragment f on f.workspace_id = $1 and f.id = k.id`,
    values: [workspace, ids],
  })
  return rows.map(toFragment)
}

/** The fragments of these profiles other than the ones that stand for them. */
export async function findMembers(
  database: Database,
  workspace: number,
  profiles: readonly number[],
): Promise<Fragment[]> {
  if (profiles.length === 0) return []
  const { rows } = await database.query<FragmentRow>({
    name: 'find_members',
    text: `select f.id, f.profile, f.state from unnest($2::bigint[]) as k (profile)
           join fragment f on f.workspace_id = $1 and f.profile = k.profile and f.profile <> f.id`,
    values: [workspace, profiles],
  })
  return rows.map(toFragment)
}

/** What every connection that saves batches needs, once. */
export const SAVE_SESSION_SQL = `
  create temporary table changed_fragment (id bigint not null, profile bigint not null, state text not null) on commit delete rows`

/** Writes the changes of a batch, in the batch's transaction; tables always in the same order. */
export async function saveIdentity(
  client: ClientBase,
  workspace: number,
  changes: GraphChanges,
  fragments: { readonly made: readonly EncodedFragment[]; readonly changed: readonly EncodedFragment[] },
): Promise<void> {
  await copyIn(
    client,
    'identifier (workspace_id, id, namespace, value, owner)',
    identifierRows(workspace, changes),
  )
  await adoptIdentifiers(client, workspace, changes)
  await copyIn(
    client,
    'fragment (workspace_id, id, profile, state)',
    fragments.made.map((made) => copyRow([workspace, made.id, made.profile, made.state])).join(''),
  )
  if (fragments.changed.length > 0) {
    const rows = fragments.changed
      .map((changed) => copyRow([changed.id, changed.profile, changed.state]))
      .join('')
    await copyIn(client, 'changed_fragment (id, profile, state)', rows)
    await client.query({
      name: 'update_fragments',
      text: `update fragment f set profile = c.profile, state = c.state from changed_fragment c
             where f.workspace_id = $1 and f.id = c.id`,
      values: [workspace],
    })
  }
  const ledger = changes.ledger.map((entry) =>
    copyRow([
      workspace,
      entry.id,
      entry.kind,
      entry.fragment,
      entry.other,
      `{${entry.identifiers.join(',')}}`,
      entry.rule,
      entry.position,
      new Date(entry.time).toISOString(),
    ]),
  )
  const columns = 'ledger (workspace_id, id, kind, fragment, other, identifiers, rule, position, at)'
  await copyIn(client, columns, ledger.join(''))
  const edges = changes.edges.map((edge) => copyRow([workspace, edge.ledger, edge.a, edge.b]))
  await copyIn(client, 'edge (workspace_id, ledger, a, b)', edges.join(''))
}

function identifierRows(workspace: number, changes: GraphChanges): string {
  let rows = ''
  for (const made of changes.newIdentifiers) {
    rows += copyRow([workspace, made.id, made.namespace, made.value, made.owner])
  }
  return rows
}

async function adoptIdentifiers(client: ClientBase, workspace: number, changes: GraphChanges): Promise<void> {
  if (changes.adopted.size === 0) return
  const adopted = [...changes.adopted]
  await client.query(
    `update identifier i set owner = a.owner from unnest($2::bigint[], $3::bigint[]) as a (id, owner)
     where i.workspace_id = $1 and i.id = a.id`,
    [workspace, adopted.map(({ id }) => id), adopted.map(({ owner }) => owner)],
  )
}

function toFragment(row: FragmentRow): Fragment {
  return { id: row.id, profile: row.profile, state: JSON.parse(row.state) as FragmentState }
}
