import { createHash } from 'node:crypto'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import { REGISTRY_AGE_MS_MAX } from '@affluent/protocol/limits'
import type { Scope } from '@affluent/protocol/scope'
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

/** An API key that is good. */
export interface ApiKey {
  readonly id: number
  readonly name: string
  readonly workspace: Workspace
  readonly scopes: ReadonlySet<Scope>
}

interface Ending {
  /** milliseconds since the epoch; Infinity: it has no end */
  readonly endsAt: number
}

interface Snapshot {
  /** those that are being removed too */
  readonly workspaces: ReadonlyMap<number, Workspace>
  readonly sources: ReadonlyMap<number, Source>
  /** oldest first */
  readonly writeKeys: ReadonlyMap<string, Ending & { readonly source: Source }>
  /** by hash, in hex */
  readonly apiKeys: ReadonlyMap<string, Ending & ApiKey>
}

const EMPTY: Snapshot = {
  workspaces: new Map(),
  sources: new Map(),
  writeKeys: new Map(),
  apiKeys: new Map(),
}

/**
 * Workspaces, sources and keys, in memory: the collector asks it for each request. `RegistryWatch` keeps it up with
 * what other processes change.
 */
export class Registry {
  readonly #database: Database
  readonly #now: () => number
  readonly #writeKeyUses = new Map<string, number>()
  readonly #apiKeyUses = new Map<number, number>()
  #snapshot = EMPTY
  /** of the clock that no one sets */
  #readAt = Number.NEGATIVE_INFINITY
  #reading: Promise<void> = Promise.resolve()
  #waiting: Promise<void> | undefined

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  /**
   * Reads everything anew, one reading after the other: what was committed before the call is seen after it. Calls that
   * wait share a reading.
   */
  refresh(): Promise<void> {
    if (this.#waiting !== undefined) return this.#waiting
    const reading = this.#reading.then(() => {
      this.#waiting = undefined
      return this.#read()
    })
    this.#waiting = reading
    this.#reading = reading.catch(() => undefined)
    return reading
  }

  /** Whether it is too old to be believed: this process was cut off from the database, or slept. */
  get isStale(): boolean {
    return performance.now() - this.#readAt > REGISTRY_AGE_MS_MAX
  }

  async #read(): Promise<void> {
    const readAt = performance.now()
    const [workspaces, sources, writeKeys, apiKeys] = await Promise.all([
      this.#database.query<Omit<Workspace, 'profileIdKey'> & { key: Buffer }>(
        `select id, slug, name, kind, is_demo as "isDemo", status, zone, currency, country, created_at as "createdAt", profile_id_key as key
         from workspace order by id`,
      ),
      this.#database.query<Source>(
        `select s.id, s.workspace_id as workspace, s.slug, s.name, s.kind, s.enabled
         from source s join workspace w on w.id = s.workspace_id where w.status = 'ready' order by s.id`,
      ),
      this.#database.query<{ key: string; source: number; end: Date | null }>(
        `select k.key, k.source_id as source, k.expires_at as end
         from write_key k join workspace w on w.id = k.workspace_id
         where k.revoked_at is null and w.status = 'ready' order by k.created_at, k.key`,
      ),
      this.#database.query<{
        id: number
        name: string
        hash: Buffer
        workspace: number
        scopes: Scope[]
        end: Date | null
      }>(
        `select k.id, k.name, k.hash, k.workspace_id as workspace, k.scopes, k.expires_at as end
         from api_key k join workspace w on w.id = k.workspace_id
         where k.revoked_at is null and w.status = 'ready'`,
      ),
    ])
    const workspaceOf = new Map(
      workspaces.rows.map(({ key, ...row }) => [row.id, { ...row, profileIdKey: profileIdKeyOf(key) }]),
    )
    const sourceOf = new Map(sources.rows.map((row) => [row.id, row]))
    this.#snapshot = {
      workspaces: workspaceOf,
      sources: sourceOf,
      // the four are read one beside the other: what one of them does not know yet comes with the next reading
      writeKeys: new Map(
        writeKeys.rows.flatMap(({ key, source: id, end }) => {
          const source = sourceOf.get(id)
          return source === undefined ? [] : [[key, { source, endsAt: endOf(end) }] as const]
        }),
      ),
      apiKeys: new Map(
        apiKeys.rows.flatMap(({ id, name, hash, workspace: of, scopes, end }) => {
          const workspace = workspaceOf.get(of)
          if (workspace === undefined) return []
          return [
            [
              hash.toString('hex'),
              { id, name, workspace, scopes: new Set(scopes), endsAt: endOf(end) },
            ] as const,
          ]
        }),
      ),
    }
    this.#readAt = readAt
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

  /**
   * The key of a source that is given to whoever begins to send: the newest of those that have no end, else the newest
   * that is good.
   */
  writeKeyOf(source: number): string | undefined {
    const now = this.#now()
    let found: string | undefined
    let foundEnd = Number.NEGATIVE_INFINITY
    for (const [key, { source: of, endsAt }] of this.#snapshot.writeKeys) {
      if (of.id !== source || endsAt <= now || (foundEnd === Number.POSITIVE_INFINITY && endsAt < foundEnd))
        continue
      found = key
      foundEnd = endsAt
    }
    return found
  }

  /** @returns the source of a write key that is good, also when the source is disabled; the key counts as used */
  sourceOfWriteKey(key: string): Source | undefined {
    const found = this.#snapshot.writeKeys.get(key)
    if (found === undefined) return undefined
    const now = this.#now()
    if (found.endsAt <= now) return undefined
    this.#writeKeyUses.set(key, now)
    return found.source
  }

  /** @returns what an API key opens; undefined when it is unknown, revoked or at its end. The key counts as used */
  apiKey(key: string): ApiKey | undefined {
    const found = this.#snapshot.apiKeys.get(hashApiKey(key).toString('hex'))
    if (found === undefined) return undefined
    const now = this.#now()
    if (found.endsAt <= now) return undefined
    this.#apiKeyUses.set(found.id, now)
    return found
  }

  /** Writes down when keys were last used. */
  async saveUses(): Promise<void> {
    const [writeKeys, apiKeys] = [[...this.#writeKeyUses], [...this.#apiKeyUses]]
    this.#writeKeyUses.clear()
    this.#apiKeyUses.clear()
    if (writeKeys.length > 0)
      await this.#database.query(
        `update write_key k set last_used_at = greatest(k.last_used_at, u.at)
         from unnest($1::text[], $2::timestamptz[]) u (key, at) where k.key = u.key`,
        [writeKeys.map(([key]) => key), writeKeys.map(([, at]) => new Date(at))],
      )
    if (apiKeys.length > 0)
      await this.#database.query(
        `update api_key k set last_used_at = greatest(k.last_used_at, u.at)
         from unnest($1::int[], $2::timestamptz[]) u (id, at) where k.id = u.id`,
        [apiKeys.map(([id]) => id), apiKeys.map(([, at]) => new Date(at))],
      )
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

function endOf(end: Date | null): number {
  return end === null ? Number.POSITIVE_INFINITY : end.getTime()
}
