import { identifierForms, prefixForms, readNamed } from '@affluent/core/identity/identifier-forms'
import type { Identifier } from '@affluent/protocol/event'
import { SEARCH_NAMESPACES_MAX } from '@affluent/protocol/limits'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import type { Database, Reader } from '../platform/database/connect.ts'

/** An identifier that a text stands for, and the fragment that has it (0: none). */
export interface SearchedIdentifier extends Identifier {
  readonly id: number
  readonly owner: number
}

/**
 * Names of the namespaces in use, in alphabetical order: one step in the index for each, however many identifiers there
 * are.
 */
async function listNamespaces(database: Reader, workspace: number): Promise<string[]> {
  const { rows } = await database.query<{ namespace: string }>({
    name: 'list_namespaces',
    text: `with recursive used as (
             (select namespace from identifier where workspace_id = $1 order by namespace limit 1)
             union all
             select (select i.namespace from identifier i where i.workspace_id = $1 and i.namespace > used.namespace
                     order by i.namespace limit 1)
             from used where used.namespace is not null)
           select namespace from used where namespace is not null limit $2`,
    values: [workspace, SEARCH_NAMESPACES_MAX],
  })
  return rows.map(({ namespace }) => namespace)
}

/**
 * Identifiers that a text is.
 * @param text `namespace:value`, or a value of any namespace; telephone numbers in any form
 */
export async function findIdentifiersOfText(
  database: Reader,
  workspace: number,
  text: string,
  country: string | null,
): Promise<SearchedIdentifier[]> {
  const wanted = await spread(database, workspace, { text, country }, identifierForms)
  const { rows } = await database.query<SearchedIdentifier>({
    name: 'identifiers_of_text',
    text: `select i.id, i.namespace, i.value, i.owner
           from unnest($2::text[], $3::text[]) as k (namespace, value)
           cross join lateral (
             select id, namespace, value, owner from identifier
             where workspace_id = $1 and namespace = k.namespace and value = k.value offset 0) i`,
    values: [workspace, wanted.map(({ namespace }) => namespace), wanted.map(({ value }) => value)],
  })
  return rows
}

/** Identifiers that begin with a text, some of each namespace. */
export async function findIdentifiersByPrefix(
  database: Reader,
  workspace: number,
  text: string,
  limit: number,
  country: string | null,
): Promise<SearchedIdentifier[]> {
  const wanted = await spread(database, workspace, { text, country }, prefixForms)
  const { rows } = await database.query<SearchedIdentifier>({
    name: 'identifiers_by_prefix',
    // the index of values knows bytes: from the text itself up to the first that cannot begin with it
    text: `select i.id, i.namespace, i.value, i.owner
           from unnest($2::text[], $3::text[]) as k (namespace, value)
           cross join lateral (
             select id, namespace, value, owner from identifier
             where workspace_id = $1 and namespace = k.namespace and value >= k.value collate "C" and value ^@ k.value
               and value < k.value || $5 collate "C"
             order by value limit $4) i
           where i.owner <> 0
           limit $4`,
    values: [
      workspace,
      wanted.map(({ namespace }) => namespace),
      wanted.map(({ value }) => value),
      limit,
      LAST_CHARACTER,
    ],
  })
  return rows
}

/** Sorts after every other character in bytes of UTF-8. */
const LAST_CHARACTER = '\u{10ffff}'

/** The stored forms that a text may have, in each namespace that it may be of. */
async function spread(
  database: Reader,
  workspace: number,
  { text, country }: { readonly text: string; readonly country: string | null },
  formsOf: (namespace: string, text: string, country: string | null) => string[],
): Promise<Identifier[]> {
  const namespaces = await listNamespaces(database, workspace)
  const named = readNamed(text)
  const own = named !== undefined && namespaces.includes(named.namespace) ? named : undefined
  return [
    ...(own === undefined
      ? []
      : formsOf(own.namespace, own.text, country).map((value) => ({ namespace: own.namespace, value }))),
    ...namespaces.flatMap((namespace) =>
      formsOf(namespace, text, country).map((value) => ({ namespace, value })),
    ),
  ]
}

/** All fragments of the people who have, or once had, an identifier that a text is. */
export async function findFragmentsOfIdentifier(
  stores: { readonly database: Database; readonly reads: WorkspaceReads },
  workspace: number,
  text: string,
  country: string | null,
): Promise<number[]> {
  const { database, reads } = stores
  const found = await findIdentifiersOfText(database, workspace, text, country)
  if (found.length === 0) return []
  const once = await reads.ask<{ fragment: number }>({
    query: `select distinct fragment from identifier
            where workspace = {workspace: UInt32} and namespace in {namespaces: Array(String)} and identifier in {ids: Array(UInt64)}`,
    params: {
      workspace,
      namespaces: [...new Set(found.map(({ namespace }) => namespace))],
      ids: found.map(({ id }) => id),
    },
  })
  const ids = new Set([...found.map(({ owner }) => owner), ...once.map(({ fragment }) => Number(fragment))])
  ids.delete(0)
  const { rows } = await database.query<{ id: number }>({
    name: 'fragments_beside',
    text: `with found as (select distinct f.profile from unnest($2::bigint[]) as k (id)
                          cross join lateral (
                            select profile from fragment where workspace_id = $1 and id = k.id offset 0) f)
           select profile as id from found
           union
           select f.id from found cross join lateral (
             select id from fragment where workspace_id = $1 and profile = found.profile and profile <> id offset 0) f`,
    values: [workspace, [...ids]],
  })
  return [...new Set([...ids, ...rows.map(({ id }) => id)])]
}
