import { httpSource } from '@affluent/connectors/sources/http/http-source'
import { SOURCES_MAX } from '@affluent/protocol/limits'
import { type Client, type Database, inTransaction, type Reader } from '../database/connect.ts'
import { AlreadyExists } from './already-exists.ts'
import { newWriteKey } from './key-store.ts'
import { TooMany } from './too-many.ts'

/**
 * Makes a source with its write key.
 * @throws AlreadyExists, TooMany
 */
export async function addSource(
  database: Database,
  workspace: number,
  source: { readonly slug: string; readonly name: string },
): Promise<void> {
  await inTransaction(database, async (client) => {
    await client.query('select 1 from workspace where id = $1 for update', [workspace])
    const { rows } = await client.query<{ slug: string }>('select slug from source where workspace_id = $1', [
      workspace,
    ])
    if (rows.some(({ slug }) => slug === source.slug)) throw new AlreadyExists(source.slug)
    if (rows.length >= SOURCES_MAX) throw new TooMany(`A workspace may have ${SOURCES_MAX} sources.`)
    const id = await ensureSource(client, workspace, source.slug, source.name, httpSource.key)
    await newWriteKey(client, workspace, id)
  })
}

/** Makes a source where there is none of this slug. @returns its number */
export async function ensureSource(
  client: Client,
  workspace: number,
  slug: string,
  name: string,
  kind: string,
): Promise<number> {
  await client.query(
    'insert into source (workspace_id, slug, name, kind) values ($1, $2, $3, $4) on conflict (workspace_id, slug) do nothing',
    [workspace, slug, name, kind],
  )
  const { rows } = await client.query<{ id: number }>(
    'select id from source where workspace_id = $1 and slug = $2',
    [workspace, slug],
  )
  return (rows[0] as { id: number }).id
}

/** The sources of a workspace, in the order in which they were made. */
export async function listSources(
  database: Reader,
  workspace: number,
): Promise<readonly { readonly id: number; readonly slug: string }[]> {
  const { rows } = await database.query<{ id: number; slug: string }>(
    'select id, slug from source where workspace_id = $1 order by id',
    [workspace],
  )
  return rows
}

/** Gives a source another name, or switches it on or off. */
export async function changeSource(
  database: Reader,
  source: number,
  { name, enabled }: { readonly name: string; readonly enabled: boolean },
): Promise<void> {
  await database.query('update source set name = $2, enabled = $3 where id = $1', [source, name, enabled])
}
