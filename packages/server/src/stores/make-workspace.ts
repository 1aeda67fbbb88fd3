import { randomBytes } from 'node:crypto'
import { httpSource } from '@affluent/connectors/sources/http/http-source'
import { SOURCES_MAX, WORKSPACES_MAX } from '@affluent/protocol/limits'
import { type Client, type Database, inTransaction } from '../database/connect.ts'
import { firstApiKey, fixApiKey, fixWriteKey, newWriteKey } from './key-store.ts'
import type { Workspace } from './registry.ts'
import { TooMany } from './too-many.ts'

/** Keys as their owner sees them, once. */
export interface NewKeys {
  readonly writeKey: string
  readonly apiKey: string
}

/** What a start has made or found of keys. */
export interface StartKeys {
  /** made now, at the very first start; undefined where the operator has fixed one */
  readonly made: Partial<NewKeys> | undefined
  /** variables that hold a key which was revoked or has ended */
  readonly dead: readonly ('AFFLUENT_WRITE_KEY' | 'AFFLUENT_API_KEY')[]
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
 * Makes the first workspace with a source and its keys, when there is none yet. Keys that the operator has fixed are put in at every start, in the place
 * of those that were fixed before.
 */
export async function ensureMainWorkspace(
  database: Database,
  fixed: {
    readonly writeKey: string | undefined
    readonly apiKey: string | undefined
    /** whether a first start makes the demo shop too */
    readonly demo: boolean
  },
): Promise<StartKeys> {
  return inTransaction(database, async (client) => {
    await client.query('lock table workspace in share row exclusive mode')
    const found = await client.query<{ id: number }>('select id from workspace where slug = $1', [
      MAIN_WORKSPACE,
    ])
    const existing = found.rows[0]?.id
    const workspace =
      existing ?? (await createWorkspace(client, { slug: MAIN_WORKSPACE, name: 'Main', kind: 'live' }))
    const source = await ensureSource(client, workspace, 'website', 'Website', httpSource.key)
    const dead: StartKeys['dead'][number][] = []
    const { writeKey, apiKey } = fixed
    if (writeKey !== undefined && !(await fixWriteKey(client, workspace, source, writeKey)))
      dead.push('AFFLUENT_WRITE_KEY')
    if (apiKey !== undefined && !(await fixApiKey(client, workspace, apiKey))) dead.push('AFFLUENT_API_KEY')
    if (existing !== undefined) return { made: undefined, dead }
    const made = {
      ...(writeKey === undefined ? { writeKey: await newWriteKey(client, workspace, source) } : {}),
      ...(apiKey === undefined ? { apiKey: await firstApiKey(client, workspace, 'first') } : {}),
    }
    if (fixed.demo) await createDemo(client)
    return { made, dead }
  })
}

/** The demo shop, with the sources that fill it. Once removed it does not come back. */
async function createDemo(client: Client): Promise<void> {
  const home = { zone: 'Europe/Paris', currency: 'EUR', country: 'FR' }
  const demo = { slug: 'shop', name: 'Maison Confluent', kind: 'sandbox', isDemo: true, ...home } as const
  const workspace = await createWorkspace(client, demo)
  for (const [slug, name] of DEMO_SOURCES) {
    const source = await ensureSource(client, workspace, slug, name, httpSource.key)
    await newWriteKey(client, workspace, source)
  }
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
    await newWriteKey(client, id, source)
    return firstApiKey(client, id, 'first')
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
    await newWriteKey(client, workspace, id)
  })
}

/** Something of this name is there already. */
export class AlreadyExists extends Error {
  override readonly name = 'AlreadyExists'
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
