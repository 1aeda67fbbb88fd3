import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { REGISTRY_EVERYWHERE_MS_MAX, REGISTRY_REFRESH_MS_MAX } from '@affluent/protocol/limits'
import type { Client, Database } from '../database/connect.ts'
import type { Log } from '../observability/log.ts'
import type { Registry } from './registry.ts'

export interface RegistryWatchOptions {
  readonly registry: Registry
  readonly database: Database
  /** one connection, which listens as long as the watch lasts */
  readonly listening: Database
  readonly log: Log
  /** told when workspaces, sources and keys were read anew */
  readonly onRefreshed: () => Promise<void>
}

/**
 * PostgreSQL says something here at each change of workspaces, sources and keys (migration 10); its payload asks for an
 * answer.
 */
const CHANGED = 'affluent_registry'
/** Here each process answers that it has read. */
const READ = 'affluent_registry_read'
/** Whoever listens holds this lock, shared, so that listeners can be counted. */
const LISTENERS_LOCK = 0x0af10e77
const LISTEN_AGAIN_MS = 1_000

/**
 * Keeps the registry of every process the same (ADR 17): it is told by PostgreSQL of each change and reads anew; by the
 * clock too, in case that it was not told.
 */
export class RegistryWatch {
  readonly #options: RegistryWatchOptions
  readonly #stopped = new AbortController()
  readonly #answers = new Map<string, () => void>()
  #timer: NodeJS.Timeout | undefined
  #listening: Promise<void> = Promise.resolve()
  #busy: Promise<void> = Promise.resolve()

  constructor(options: RegistryWatchOptions) {
    this.#options = options
  }

  /** Resolves when it listens, or when that has failed once; it tries again by itself. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => this.#refresh(), REGISTRY_REFRESH_MS_MAX)
    let isTried: () => void = () => {}
    const tried = new Promise<void>((resolve) => (isTried = resolve))
    this.#listening = this.#keepListening(isTried)
    await tried
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    this.#stopped.abort()
    await this.#listening
    await this.#busy
  }

  /**
   * Reads anew what was committed before the call, here and in every process that listens. Resolves when all have, or
   * after REGISTRY_EVERYWHERE_MS_MAX: whoever sleeps or is cut off reads before it lets an API key in.
   */
  async changed(): Promise<void> {
    const { registry, database, onRefreshed } = this.#options
    await registry.refresh()
    const everywhere = this.#everywhere(database)
    await onRefreshed()
    await everywhere
  }

  async #everywhere(database: Database): Promise<void> {
    const question = randomUUID()
    const { rows } = await database.query<{ count: number }>(
      `select count(*)::int as count from pg_locks l join pg_database d on d.oid = l.database
       where d.datname = current_database() and l.locktype = 'advisory' and l.objid = $1 and l.granted`,
      [LISTENERS_LOCK],
    )
    let missing = rows[0]?.count ?? 0
    if (missing === 0) return
    const answered = new Promise<void>((resolve) => {
      this.#answers.set(question, () => {
        if (--missing === 0) resolve()
      })
    })
    const over = new AbortController()
    try {
      await database.query('select pg_notify($1, $2)', [CHANGED, question])
      const late = pause(REGISTRY_EVERYWHERE_MS_MAX, 'late', { signal: over.signal }).catch(() => 'over')
      if ((await Promise.race([answered, late])) === 'late')
        this.#options.log.warn('registry_not_read_everywhere', { missing })
    } finally {
      over.abort()
      this.#answers.delete(question)
    }
  }

  async #keepListening(isTried: () => void): Promise<void> {
    const { signal } = this.#stopped
    while (!signal.aborted) {
      try {
        await this.#listen(isTried)
      } catch (error) {
        if (!signal.aborted) this.#options.log.warn('registry_listening_failed', { error })
      }
      isTried()
      await pause(LISTEN_AGAIN_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Listens until the connection breaks or the watch ends. */
  async #listen(isListening: () => void): Promise<void> {
    const client = await this.#options.listening.connect()
    try {
      client.on('notification', ({ channel, payload = '' }) => this.#hear(channel, payload))
      await client.query(`listen ${CHANGED}; listen ${READ}`)
      await client.query('select pg_advisory_lock_shared($1)', [LISTENERS_LOCK])
      // what was said before it listened
      this.#refresh()
      isListening()
      await this.#broken(client)
    } finally {
      // not given back to the pool: it would go on listening
      client.release(true)
    }
  }

  async #broken(client: Client): Promise<void> {
    const { signal } = this.#stopped
    if (signal.aborted) return
    await new Promise<void>((resolve) => {
      client.once('end', resolve)
      client.once('error', () => resolve())
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  #hear(channel: string, payload: string): void {
    if (channel === READ) this.#answers.get(payload)?.()
    else this.#refresh(payload)
  }

  #refresh(question = ''): void {
    const { registry, database, log, onRefreshed } = this.#options
    const read = registry
      .refresh()
      .then(() => (question === '' ? undefined : this.#answer(database, question)))
    this.#busy = Promise.all([read, this.#busy])
      .then(onRefreshed)
      .catch((error: unknown) => log.warn('refresh_failed', { error }))
  }

  async #answer(database: Database, question: string): Promise<void> {
    await database.query('select pg_notify($1, $2)', [READ, question])
  }
}
