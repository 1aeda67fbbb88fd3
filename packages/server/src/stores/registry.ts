import { createHash } from 'node:crypto'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { Database } from '../database/connect.ts'

/** The unit of isolation. */
export interface Workspace {
  readonly id: number
  readonly slug: string
  readonly name: string
  readonly kind: 'live' | 'sandbox'
  /** made with invented people */
  readonly isDemo: boolean
  /** removing: closed, and its rows are going */
  readonly status: 'ready' | 'removing'
  /** IANA name */
  readonly zone: string
  /** ISO 4217; null: none */
  readonly currency: string | null
  /** ISO 3166; null: none */
  readonly country: string | null
  readonly createdAt: Date
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
  /** those that are being removed too */
  readonly workspaces: ReadonlyMap<number, Workspace>
  readonly sources: ReadonlyMap<number, Source>
  /** oldest first */
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
  #reading: Promise<void> = Promise.resolve()

  constructor(database: Database) {
    this.#database = database
  }

  /** Reads everything anew, one reading after the other: what was committed before the call is seen after it. */
  refresh(): Promise<void> {
    const reading = this.#reading.then(() => this.#read())
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  async #read(): Promise<void> {
    const [workspaces, sources, writeKeys, apiKeys] = await Promise.all([
      this.#database.query<Omit<Workspace, 'profileIdKey'> & { key: Buffer }>(
        `select id, slug, name, kind, is_demo as "isDemo", status, zone, currency, country, created_at as "createdAt", profile_id_key as key
         from workspace order by id`,
      ),
      this.#database.query<Source>(
        `select s.id, s.workspace_id as workspace, s.slug, s.name, s.kind, s.enabled
         from source s join workspace w on w.id = s.workspace_id where w.status = 'ready' order by s.id`,
      ),
      this.#database.query<{ key: string; source: number }>(
        `select k.key, k.source_id as source from write_key k join workspace w on w.id = k.workspace_id
         where k.revoked_at is null and w.status = 'ready' order by k.created_at, k.key`,
      ),
      this.#database.query<{ hash: Buffer; workspace: number }>(
        `select k.hash, k.workspace_id as workspace from api_key k join workspace w on w.id = k.workspace_id
         where k.revoked_at is null and w.status = 'ready'`,
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

  /** Those that are open: what is being removed is not among them. */
  workspaces(): Workspace[] {
    return this.allWorkspaces().filter(({ status }) => status === 'ready')
  }

  allWorkspaces(): Workspace[] {
    return [...this.#snapshot.workspaces.values()]
  }

  workspaceBySlug(slug: string): Workspace | undefined {
    return this.allWorkspaces().find((workspace) => workspace.slug === slug)
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

  /** The oldest key of a source that is good. */
  writeKeyOf(source: number): string | undefined {
    for (const [key, id] of this.#snapshot.writeKeys) if (id === source) return key
    return undefined
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

/** How an API key is kept and looked up. */
export function hashApiKey(key: string): Buffer {
  return createHash('sha256').update(key).digest()
}

/** The key of a workspace's printable ids. */
export function profileIdKeyOf(key: Buffer): ProfileIdKey {
  return [key.readUInt32LE(0), key.readUInt32LE(4), key.readUInt32LE(8), key.readUInt32LE(12)]
}
