import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { inspect } from 'node:util'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { OutcomeAnswerEntry } from '@affluent/protocol/endpoints/outcomes'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import type { JsonObject } from '@affluent/protocol/event'
import { expect } from 'vitest'
import { toConfig } from '../config.ts'
import { connectDatabase, type Database, inTransaction } from '../platform/database/connect.ts'
import { findRunningPostgres } from '../platform/engines/postgres/find-running-postgres.ts'
import type { Log, LogFields } from '../platform/observability/log.ts'
import { type AffluentServer, type ServerOptions, startServer } from '../server.ts'
import { createWorkspace } from '../workspaces/make-workspace.ts'
import { undeclaredError } from './undeclared-error.ts'

/** An answer of the server, read whole. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** the body as JSON; empty when it is none */
  readonly json: JsonObject
}

/** A line that the server logged. */
export interface LogEntry {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly event: string
  readonly fields: LogFields
}

export interface TestServerOptions
  extends Pick<
    ServerOptions,
    'diskFloor' | 'cacheBytes' | 'deliveryPace' | 'names' | 'readMs' | 'loadBlockMs'
  > {
  /** private networks that may be sent to */
  readonly networks?: string
  /** further variables, or others than a test server has by itself */
  readonly environment?: Readonly<Record<string, string>>
  /** off by default */
  readonly rateLimits?: boolean
  /** the demo shop; off by default */
  readonly demo?: boolean
}

/** Keys of one workspace. */
export interface WorkspaceKeys {
  readonly writeKey: string
  readonly apiKey: string
}

/** How the first team member of a test server signs in. */
export const OWNER = { email: 'owner@example.com', password: 'a test password' }

const MAIN: WorkspaceKeys = { writeKey: 'wk_test_write_key', apiKey: 'ak_test_api_key' }
const SETTLE_MS = 30_000
const POLL_MS = 20
/** A block need not fill up where hardly anything comes. */
const LOAD_BLOCK_MS = 20

/** Starts the real server with its engines, on a data directory and a port of its own. */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServer> {
  const server = new TestServer(await mkdtemp(join(tmpdir(), 'affluent-test-')), options)
  await server.start()
  return server
}

export class TestServer {
  readonly keys = MAIN
  readonly log: LogEntry[] = []
  /** added to the server's clock, in milliseconds */
  clockOffset = 0
  readonly dataDir: string
  /** of the next start, beside what a test server has by itself */
  environment: Readonly<Record<string, string>>
  readonly #options: TestServerOptions
  #server: AffluentServer | undefined
  #database: Database | undefined

  constructor(dataDir: string, options: TestServerOptions) {
    this.dataDir = dataDir
    this.#options = options
    this.environment = options.environment ?? {}
  }

  get url(): string {
    return (this.#server as AffluentServer).url
  }

  get port(): number {
    return Number(new URL(this.url).port)
  }

  /** Straight to the tables, for what no API tells. */
  get database(): Database {
    return this.#database as Database
  }

  /** Rows of a query on ClickHouse, for what no API tells. */
  async askClickHouse<Row>(query: string): Promise<Row[]> {
    const { clickhouse } = this.#server as AffluentServer
    const result = await clickhouse.query({ query, format: 'JSONEachRow' })
    return result.json<Row>()
  }

  /** Writes straight into ClickHouse, for what takes too long through the collector. */
  async runOnClickHouse(query: string): Promise<void> {
    const { clickhouse } = this.#server as AffluentServer
    await clickhouse.command({ query })
  }

  /** The server's time, milliseconds since the epoch. */
  now(): number {
    return Date.now() + this.clockOffset
  }

  async start(): Promise<void> {
    const { diskFloor, cacheBytes, deliveryPace, names, readMs, networks } = this.#options
    const { loadBlockMs = LOAD_BLOCK_MS } = this.#options
    this.#server = await startServer({
      config: toConfig({
        PORT: '0',
        AFFLUENT_DATA_DIR: this.dataDir,
        ...(networks === undefined ? {} : { AFFLUENT_ALLOWED_PRIVATE_NETWORKS: networks }),
        AFFLUENT_DEMO: this.#options.demo === true ? 'on' : 'off',
        AFFLUENT_WRITE_KEY: MAIN.writeKey,
        AFFLUENT_API_KEY: MAIN.apiKey,
        AFFLUENT_OWNER_EMAIL: OWNER.email,
        AFFLUENT_OWNER_PASSWORD: OWNER.password,
        // tests let the clock jump, and what waits is a day old then
        AFFLUENT_LAG_MAX_SECONDS: 'off',
        AFFLUENT_RATE_LIMITS: this.#options.rateLimits === true ? 'on' : 'off',
        ...this.environment,
      }),
      log: recordLog(this.log),
      now: () => this.now(),
      ...(diskFloor === undefined ? {} : { diskFloor }),
      ...(cacheBytes === undefined ? {} : { cacheBytes }),
      ...(deliveryPace === undefined ? {} : { deliveryPace }),
      ...(names === undefined ? {} : { names }),
      ...(readMs === undefined ? {} : { readMs }),
      loadBlockMs,
    })
    const url = this.environment['DATABASE_URL']
    const address = url === undefined ? await findRunningPostgres(this.dataDir) : { url }
    if (address === undefined) throw new Error('The PostgreSQL of the test server is not found.')
    this.#database = connectDatabase(
      () => address,
      2,
      () => {},
    )
  }

  /** Where its embedded PostgreSQL is, for another process. */
  async databaseUrl(): Promise<string> {
    const address = await findRunningPostgres(this.dataDir)
    if (address === undefined || !('host' in address)) throw new Error('It has no PostgreSQL of its own.')
    return `postgresql://${address.user}@localhost/${address.database}?host=${address.host}&port=${address.port}`
  }

  /** Ends the server; its data stay for another `start`. */
  async halt(): Promise<void> {
    await this.#database?.end()
    await this.#server?.close()
    this.#server = undefined
    this.#database = undefined
  }

  /** Ends the server and removes its data. */
  async stop(): Promise<void> {
    await this.halt()
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 10 })
  }

  /** Sends JSON (or any other body) with the write key, unless `init` says otherwise. */
  async send(
    path: string,
    body: unknown,
    init: Omit<RequestInit, 'body'> & { keys?: WorkspaceKeys } = {},
  ): Promise<Answer> {
    const { keys = MAIN, ...rest } = init
    const isRaw = typeof body === 'string' || body instanceof Uint8Array
    return request(`${this.url}${path}`, {
      method: 'POST',
      ...rest,
      body: isRaw ? body : JSON.stringify(body),
      headers: {
        authorization: basic(keys.writeKey),
        'content-type': 'application/json',
        ...(rest.headers as Record<string, string> | undefined),
      },
    })
  }

  /** Sends events in one batch and expects all of them to be taken. */
  async sendAll(events: readonly unknown[], keys: WorkspaceKeys = MAIN): Promise<number> {
    const answer = await this.send('/v1/batch', { batch: events }, { keys })
    expect(answer).toMatchObject({ status: 200, json: { success: true, accepted: events.length } })
    expect(answer.json).not.toHaveProperty('rejected')
    return positionOf(answer)
  }

  /** Asks the API, with the API key unless `init` says otherwise. */
  async read(path: string, init: RequestInit & { keys?: WorkspaceKeys } = {}): Promise<Answer> {
    const { keys = MAIN, ...rest } = init
    return request(`${this.url}${path}`, {
      ...rest,
      headers: {
        authorization: `Bearer ${keys.apiKey}`,
        ...(rest.headers as Record<string, string> | undefined),
      },
    })
  }

  /** The profile that has an identifier; undefined when there is none. */
  async profile(
    namespace: string,
    value: string,
    options: { after?: number; keys?: WorkspaceKeys } = {},
  ): Promise<ProfileAnswer | undefined> {
    const answer = await this.#readProfile(`${namespace}:${value}`, '', options)
    if (answer.status === 404) return undefined
    expect(answer.status).toBe(200)
    return answer.json['profile'] as unknown as ProfileAnswer
  }

  /** All events of a person, newest first. */
  async events(
    namespace: string,
    value: string,
    options: { after?: number; keys?: WorkspaceKeys } = {},
  ): Promise<JsonObject[]> {
    const answer = await this.#readProfile(`${namespace}:${value}`, '/events', options, '&limit=1000')
    expect(answer.status).toBe(200)
    return answer.json['events'] as JsonObject[]
  }

  /** Makes an audience, or changes it. */
  async putAudience(
    body: { key: string; condition: unknown; population?: string; name?: string },
    options: { keys?: WorkspaceKeys; method?: 'POST' | 'PUT' } = {},
  ): Promise<AudienceAnswer> {
    const { keys = MAIN, method = 'POST' } = options
    const answer = await this.write(
      method === 'POST' ? '/v1/audiences' : `/v1/audiences/${body.key}`,
      method,
      body,
      keys,
    )
    expect(answer, answer.text).toMatchObject({ status: method === 'POST' ? 201 : 200 })
    return answer.json as unknown as AudienceAnswer
  }

  /** Waits until an audience is live under its present definition. */
  async audienceLive(key: string, keys: WorkspaceKeys = MAIN): Promise<AudienceAnswer> {
    const end = Date.now() + SETTLE_MS
    for (;;) {
      const answer = await this.read(`/v1/audiences/${key}`, { keys })
      const audience = answer.json as unknown as AudienceAnswer
      if (answer.status === 200 && audience.status === 'live') return audience
      if (Date.now() > end || audience.status === 'failed')
        throw new Error(`The audience ${key} is not live: ${answer.text}; ${this.#lastWords()}`)
      await pause(POLL_MS)
    }
  }

  /** Members of an audience, each by its first identifier, sorted. */
  async members(key: string, keys: WorkspaceKeys = MAIN): Promise<string[]> {
    const members: string[] = []
    let cursor: unknown = null
    do {
      const from = cursor === null ? '' : `&cursor=${String(cursor)}`
      const answer = await this.read(`/v1/audiences/${key}/members?limit=1000${from}`, { keys })
      expect(answer.status, answer.text).toBe(200)
      const page = answer.json['members'] as unknown as {
        identifiers: { namespace: string; value: string }[]
      }[]
      for (const { identifiers } of page) {
        const named = identifiers.map(({ namespace, value }) => `${namespace}:${value}`)
        members.push(named.sort((a, b) => (a < b ? -1 : 1))[0] ?? '')
      }
      cursor = answer.json['cursor']
    } while (cursor !== null)
    return members.sort((a, b) => (a < b ? -1 : 1))
  }

  /** Asks the API to change something. */
  write(path: string, method: string, body: unknown, keys: WorkspaceKeys = MAIN): Promise<Answer> {
    return this.read(path, {
      method,
      keys,
      ...(body === undefined
        ? {}
        : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    })
  }

  async pipeline(keys: WorkspaceKeys = MAIN): Promise<PipelineAnswer> {
    const answer = await this.read('/v1/pipeline', { keys })
    expect(answer.status).toBe(200)
    return answer.json as unknown as PipelineAnswer
  }

  /**
   * Waits until the processor has ended and all is in ClickHouse; then every accepted event must be in exactly one
   * outcome.
   */
  async settle(keys: WorkspaceKeys = MAIN): Promise<PipelineAnswer> {
    const end = Date.now() + SETTLE_MS
    let counts = await this.pipeline(keys)
    while (counts.processed !== counts.accepted || counts.loaded !== counts.accepted) {
      if (Date.now() > end) throw new Error(this.#describeUnrest(counts))
      await pause(POLL_MS)
      counts = await this.pipeline(keys)
    }
    const { accepted, stored, duplicates, filtered, quarantined, erased } = counts
    expect(stored + duplicates + filtered + quarantined + erased, JSON.stringify(counts)).toBe(accepted)
    return counts
  }

  /** All outcomes of one kind, newest first. */
  async outcomes(
    outcome: OutcomeAnswerEntry['outcome'],
    keys: WorkspaceKeys = MAIN,
  ): Promise<OutcomeAnswerEntry[]> {
    const all: OutcomeAnswerEntry[] = []
    let cursor: unknown = null
    do {
      const from = cursor === null ? '' : `&cursor=${String(cursor)}`
      const answer = await this.read(`/v1/outcomes?outcome=${outcome}&limit=50${from}`, { keys })
      expect(answer.status).toBe(200)
      all.push(...(answer.json['outcomes'] as unknown as OutcomeAnswerEntry[]))
      cursor = answer.json['cursor']
    } while (cursor !== null)
    return all
  }

  /** How often each warning was counted, by code, over all sources. */
  async warnings(keys: WorkspaceKeys = MAIN): Promise<Map<string, number>> {
    const answer = await this.read('/v1/sources', { keys })
    const sources = answer.json['sources'] as unknown as {
      warnings: { code: string; count: number }[]
    }[]
    const counts = new Map<string, number>()
    for (const { code, count } of sources.flatMap((source) => source.warnings)) {
      counts.set(code, (counts.get(code) ?? 0) + count)
    }
    return counts
  }

  /** Another workspace with a source and keys; returns when the collector knows it. */
  async addWorkspace(slug: string): Promise<WorkspaceKeys> {
    const keys = { writeKey: `wk_test_${slug}`, apiKey: `ak_test_${slug}` }
    await inTransaction(this.database, async (client) => {
      const workspace = await createWorkspace(client, { slug, name: slug, kind: 'live' })
      const { rows } = await client.query<{ id: number }>(
        "insert into source (workspace_id, slug, name, kind) values ($1, 'app', 'App', 'http') returning id",
        [workspace],
      )
      await client.query('insert into write_key (key, workspace_id, source_id) values ($1, $2, $3)', [
        keys.writeKey,
        workspace,
        rows[0]?.id,
      ])
      await client.query(
        "insert into api_key (workspace_id, name, hash) values ($1, 'test', sha256($2::text::bytea))",
        [workspace, keys.apiKey],
      )
    })
    await this.#known(keys)
    return keys
  }

  /** Waits until the server lets a workspace's API key in. */
  async #known(keys: WorkspaceKeys): Promise<void> {
    const end = Date.now() + SETTLE_MS
    while ((await this.read('/v1/workspaces', { keys })).status !== 200) {
      if (Date.now() > end) throw new Error(`The new workspace is not known: ${this.#lastWords()}`)
      await pause(POLL_MS)
    }
  }

  #describeUnrest(counts: PipelineAnswer): string {
    return `The processor does not come to rest: ${JSON.stringify(counts)}; ${this.#lastWords()}`
  }

  #lastWords(): string {
    const lines = this.log.filter(({ level }) => level === 'warn' || level === 'error').slice(-3)
    const told = lines.map(({ event, fields }) => `${event} ${inspect(fields)}`)
    return `last words: ${told.join('; ')}`
  }

  #readProfile(
    id: string,
    rest: string,
    options: { after?: number; keys?: WorkspaceKeys },
    query = '',
  ): Promise<Answer> {
    const after = options.after === undefined ? '' : `&after=${options.after}`
    const path = `/v1/profiles/${encodeURIComponent(id)}${rest}?${query}${after}`
    return this.read(path, options.keys === undefined ? {} : { keys: options.keys })
  }
}

/** A log that keeps its lines. */
export function recordLog(lines: LogEntry[]): Log {
  const record =
    (level: LogEntry['level']) =>
    (event: string, fields: LogFields = {}) =>
      void lines.push({ level, event, fields })
  return { debug: record('debug'), info: record('info'), warn: record('warn'), error: record('error') }
}

/** `Affluent-Position` of an answer. */
export function positionOf(answer: Answer): number {
  const position = Number(answer.headers.get('affluent-position'))
  expect(position).toBeGreaterThan(0)
  return position
}

/** The header that carries a write key as Segment's libraries send it. */
export function basic(writeKey: string): string {
  return `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
}

/** Asks for a URL and reads the whole answer; a redirect is an answer too. */
export async function request(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const answer = toAnswer(response.status, response.headers, await response.text())
  const fault = undeclaredError(init.method ?? 'GET', new URL(url).pathname, answer.status, answer.json)
  if (fault !== undefined) throw new Error(fault)
  return answer
}

export function toAnswer(status: number, headers: Headers, text: string): Answer {
  let json: JsonObject = {}
  try {
    json = JSON.parse(text) as JsonObject
  } catch {
    // not every answer is JSON
  }
  return { status, headers, text, json }
}
