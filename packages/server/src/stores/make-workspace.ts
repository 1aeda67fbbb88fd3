import { randomBytes } from 'node:crypto'
import { httpSource } from '@affluent/connectors/sources/http/http-source'
import { SOURCES_MAX, WORKSPACES_MAX } from '@affluent/protocol/limits'
import { type Client, type Database, inTransaction } from '../database/connect.ts'
import { hashApiKey, type Workspace } from './registry.ts'

/** Keys as their owner sees them, once. */
export interface NewKeys {
  readonly writeKey: string
  readonly apiKey: string
}

/** The workspace that every installation begins with. */
export const MAIN_WORKSPACE = 'main'

const DEMO_SOURCES = [
  ['web', 'Boutique en ligne'],
  ['app', 'Application'],
  ['tills', 'Caisses'],
  ['crm', 'CRM'],
  ['helpdesk', 'Service client'],
  ['email', 'E-mail'],
] as const

/**
 * Makes the first workspace with a source and its keys, when there is none yet; keys that the operator has fixed are put in at every start.
 * @returns the keys when they were made now; undefined at later starts
 */
export async function ensureMainWorkspace(
  database: Database,
  fixed: {
    readonly writeKey: string | undefined
    readonly apiKey: string | undefined
    /** whether a first start makes the demo shop too */
    readonly demo: boolean
  },
): Promise<NewKeys | undefined> {
  return inTransaction(database, async (client) => {
    await client.query('lock table workspace in share row exclusive mode')
    const found = await client.query<{ id: number }>('select id from workspace where slug = $1', [
      MAIN_WORKSPACE,
    ])
    const existing = found.rows[0]?.id
    const workspace =
      existing ?? (await createWorkspace(client, { slug: MAIN_WORKSPACE, name: 'Main', kind: 'live' }))
    const source = await ensureSource(client, workspace, 'website', 'Website', httpSource.key)
    if (existing !== undefined) {
      if (fixed.writeKey !== undefined) await putWriteKey(client, workspace, source, fixed.writeKey)
      if (fixed.apiKey !== undefined) await putApiKey(client, workspace, 'environment', fixed.apiKey)
      return undefined
    }
    const keys = { writeKey: fixed.writeKey ?? newKey('wk'), apiKey: fixed.apiKey ?? newKey('ak') }
    await putWriteKey(client, workspace, source, keys.writeKey)
    await putApiKey(client, workspace, 'first', keys.apiKey)
    if (fixed.demo) await createDemo(client)
    return keys
  })
}

/** The demo shop, with the sources that fill it. Once removed it does not come back. */
async function createDemo(client: Client): Promise<void> {
  const home = { zone: 'Europe/Paris', currency: 'EUR', country: 'FR' }
  const demo = { slug: 'shop', name: 'Maison Confluent', kind: 'sandbox', isDemo: true, ...home } as const
  const workspace = await createWorkspace(client, demo)
  for (const [slug, name] of DEMO_SOURCES) {
    const source = await ensureSource(client, workspace, slug, name, httpSource.key)
    await putWriteKey(client, workspace, source, newKey('wk'))
  }
}

/** Makes an API key in the place of those of the same name, which are good no more. */
export async function replaceApiKey(database: Database, workspace: number, name: string): Promise<string> {
  return inTransaction(database, async (client) => {
    const values = [workspace, name]
    await client.query('update api_key set revoked_at = now() where workspace_id = $1 and name = $2', values)
    const key = newKey('ak')
    await putApiKey(client, workspace, name, key)
    return key
  })
}

/**
 * Makes a workspace that can be sent to and read at once: with a source and keys.
 * @returns its API key, which is kept nowhere
 * @throws AlreadyExists, TooMany
 */
export async function addWorkspace(
  database: Database,
  workspace: Pick<Workspace, 'slug' | 'name' | 'kind'>,
): Promise<string> {
  return inTransaction(database, async (client) => {
    await client.query('lock table workspace in share row exclusive mode')
    const { rows } = await client.query<{ slug: string }>('select slug from workspace')
    if (rows.some(({ slug }) => slug === workspace.slug)) throw new AlreadyExists(workspace.slug)
    if (rows.length >= WORKSPACES_MAX) throw new TooMany(`There may be ${WORKSPACES_MAX} workspaces.`)
    const id = await createWorkspace(client, workspace)
    const source = await ensureSource(client, id, 'website', 'Website', httpSource.key)
    await putWriteKey(client, id, source, newKey('wk'))
    const apiKey = newKey('ak')
    await putApiKey(client, id, 'first', apiKey)
    return apiKey
  })
}

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
    await putWriteKey(client, workspace, id, newKey('wk'))
  })
}

/** Something of this name is there already. */
export class AlreadyExists extends Error {
  override readonly name = 'AlreadyExists'
}

/** There are as many as there may be. */
export class TooMany extends Error {
  override readonly name = 'TooMany'
}

/** Makes further keys for the first workspace; the old ones stay good. */
export async function makeKeys(database: Database, slug = MAIN_WORKSPACE): Promise<NewKeys> {
  return inTransaction(database, async (client) => {
    const { rows } = await client.query<{ workspace: number; source: number }>(
      `select w.id as workspace, s.id as source from workspace w join source s on s.workspace_id = w.id
       where w.slug = $1 order by s.id limit 1`,
      [slug],
    )
    const row = rows[0]
    if (row === undefined) throw new Error(`There is no workspace "${slug}" with a source.`)
    const keys = { writeKey: newKey('wk'), apiKey: newKey('ak') }
    await putWriteKey(client, row.workspace, row.source, keys.writeKey)
    await putApiKey(client, row.workspace, 'npm run keys', keys.apiKey)
    return keys
  })
}

/**
 * Makes a workspace with its log, walk and load cursors.
 * @returns its number
 */
export async function createWorkspace(
  client: Client,
  workspace: Pick<Workspace, 'slug' | 'name' | 'kind'> &
    Partial<Pick<Workspace, 'isDemo' | 'zone' | 'currency' | 'country'>>,
): Promise<number> {
  const { slug, name, kind, isDemo = false, zone = 'UTC', currency = null, country = null } = workspace
  const { rows } = await client.query<{ id: number }>(
    `insert into workspace (slug, name, kind, is_demo, zone, currency, country, profile_id_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [slug, name, kind, isDemo, zone, currency, country, randomBytes(16)],
  )
  const { id } = rows[0] as { id: number }
  await client.query('insert into log_head (workspace_id) values ($1)', [id])
  await client.query('insert into walk (workspace_id) values ($1)', [id])
  await client.query('insert into load_cursor (workspace_id) values ($1)', [id])
  return id
}

async function ensureSource(
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

async function putWriteKey(client: Client, workspace: number, source: number, key: string): Promise<void> {
  await client.query(
    'insert into write_key (key, workspace_id, source_id) values ($1, $2, $3) on conflict (key) do nothing',
    [key, workspace, source],
  )
}

async function putApiKey(client: Client, workspace: number, name: string, key: string): Promise<void> {
  await client.query(
    'insert into api_key (workspace_id, name, hash) values ($1, $2, $3) on conflict (hash) do nothing',
    [workspace, name, hashApiKey(key)],
  )
}

function newKey(prefix: 'wk' | 'ak'): string {
  return `${prefix}_${randomBytes(24).toString('base64url').replaceAll(/[-_]/g, 'x')}`
}
