import { createHash, randomBytes } from 'node:crypto'
import { httpSource } from '@affluent/connectors/sources/http/http-source'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import { type Client, type Database, inTransaction } from '../database/connect.ts'

/** The unit of isolation. */
export interface Workspace {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly kind: 'live' | 'sandbox'
  readonly profileIdKey: ProfileIdKey
}

/** Where events come from. */
export interface Source {
  readonly id: number
  readonly workspace: number
  readonly slug: string
  readonly name: string
  readonly kind: string
  readonly enabled: boolean
}

interface Snapshot {
  readonly workspaces: ReadonlyMap<number, Workspace>
  readonly sources: ReadonlyMap<number, Source>
  readonly writeKeys: ReadonlyMap<string, number>
  readonly apiKeys: ReadonlyMap<string, number>
}

const EMPTY: Snapshot = {
  workspaces: new Map(),
  sources: new Map(),
  writeKeys: new Map(),
  apiKeys: new Map(),
}

/** Workspaces, sources and keys, in memory: the door asks it for each request. Other processes' changes are seen within REFRESH_MS. */
export class Registry {
  static readonly REFRESH_MS = 2_000
  readonly #database: Database
  #snapshot = EMPTY

  constructor(database: Database) {
    this.#database = database
  }

  async refresh(): Promise<void> {
    const [workspaces, sources, writeKeys, apiKeys] = await Promise.all([
      this.#database.query<Omit<Workspace, 'profileIdKey'> & { key: Buffer }>(
        'select id, slug, name, kind, profile_id_key as key from workspace',
      ),
      this.#database.query<Source>(
        'select id, workspace_id as workspace, slug, name, kind, enabled from source',
      ),
      this.#database.query<{ key: string; source: number }>(
        'select key, source_id as source from write_key where revoked_at is null',
      ),
      this.#database.query<{ hash: Buffer; workspace: number }>(
        'select hash, workspace_id as workspace from api_key where revoked_at is null',
      ),
    ])
    this.#snapshot = {
      workspaces: new Map(
        workspaces.rows.map(({ key, ...row }) => [row.id, { ...row, profileIdKey: profileIdKeyOf(key) }]),
      ),
      sources: new Map(sources.rows.map((row) => [row.id, row])),
      writeKeys: new Map(writeKeys.rows.map((row) => [row.key, row.source])),
      apiKeys: new Map(apiKeys.rows.map((row) => [row.hash.toString('hex'), row.workspace])),
    }
  }

  workspaces(): Workspace[] {
    return [...this.#snapshot.workspaces.values()]
  }

  workspace(id: number): Workspace | undefined {
    return this.#snapshot.workspaces.get(id)
  }

  source(id: number): Source | undefined {
    return this.#snapshot.sources.get(id)
  }

  sourcesOf(workspace: number): Source[] {
    return [...this.#snapshot.sources.values()].filter((source) => source.workspace === workspace)
  }

  /** @returns the source of a write key, also when the source is disabled */
  sourceOfWriteKey(key: string): Source | undefined {
    const id = this.#snapshot.writeKeys.get(key)
    return id === undefined ? undefined : this.#snapshot.sources.get(id)
  }

  workspaceOfApiKey(key: string): Workspace | undefined {
    const id = this.#snapshot.apiKeys.get(hashApiKey(key).toString('hex'))
    return id === undefined ? undefined : this.#snapshot.workspaces.get(id)
  }
}

/** Keys as their owner sees them, once. */
export interface NewKeys {
  readonly writeKey: string
  readonly apiKey: string
}

/** The workspace that every installation begins with. */
const MAIN_WORKSPACE = 'main'

/**
 * Makes the first workspace with a source and its keys, when there is none yet; keys that the operator has fixed are put in at every start.
 * @returns the keys when they were made now; undefined at later starts
 */
export async function ensureMainWorkspace(
  database: Database,
  fixed: { readonly writeKey: string | undefined; readonly apiKey: string | undefined },
): Promise<NewKeys | undefined> {
  return inTransaction(database, async (client) => {
    await client.query('lock table workspace in share row exclusive mode')
    const found = await client.query<{ id: number }>('select id from workspace where slug = $1', [
      MAIN_WORKSPACE,
    ])
    const existing = found.rows[0]?.id
    const workspace = existing ?? (await createWorkspace(client, MAIN_WORKSPACE, 'Main', 'live'))
    const source = await ensureSource(client, workspace, 'website', 'Website', httpSource.key)
    if (existing !== undefined) {
      if (fixed.writeKey !== undefined) await putWriteKey(client, workspace, source, fixed.writeKey)
      if (fixed.apiKey !== undefined) await putApiKey(client, workspace, 'environment', fixed.apiKey)
      return undefined
    }
    const keys = { writeKey: fixed.writeKey ?? newKey('wk'), apiKey: fixed.apiKey ?? newKey('ak') }
    await putWriteKey(client, workspace, source, keys.writeKey)
    await putApiKey(client, workspace, 'first', keys.apiKey)
    return keys
  })
}

/** Makes further keys for the first workspace; the old ones stay good. */
export async function makeKeys(database: Database): Promise<NewKeys> {
  return inTransaction(database, async (client) => {
    const { rows } = await client.query<{ workspace: number; source: number }>(
      `select w.id as workspace, s.id as source from workspace w join source s on s.workspace_id = w.id
       where w.slug = $1 order by s.id limit 1`,
      [MAIN_WORKSPACE],
    )
    const row = rows[0]
    if (row === undefined) throw new Error('There is no workspace yet: start Affluent once with `npm start`.')
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
  slug: string,
  name: string,
  kind: 'live' | 'sandbox',
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    'insert into workspace (slug, name, kind, profile_id_key) values ($1, $2, $3, $4) returning id',
    [slug, name, kind, randomBytes(16)],
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

function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

function profileIdKeyOf(key: Buffer): ProfileIdKey {
  return [key.readUInt32LE(0), key.readUInt32LE(4), key.readUInt32LE(8), key.readUInt32LE(12)]
}
