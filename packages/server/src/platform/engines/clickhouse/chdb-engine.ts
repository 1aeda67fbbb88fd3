import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import type { ChdbAddon, Connection, QueryAnswer, WriteAnswer } from './chdb-addon.ts'
import { loadChdb } from './chdb-addon.ts'
import { databaseError } from './database-error.ts'
import { connectionSettings, serverSettings } from './engine-settings.ts'
import { asIdentifier, asLiteral } from './sql-text.ts'

const OPEN_TRIES = 100
const OPEN_RETRY_MS = 200
const NO_ROWS = Buffer.alloc(0)
/** Not `default`: chdb makes that one show files as tables. */
const DATABASE = 'affluent'

/** The engine could not open its data directory; the message is fit for a log. */
export class CannotOpenStore extends Error {}

/** What a request sets before its statement runs. */
export interface Preparation {
  /** Names the query for `kill`; only letters, digits and dashes. */
  readonly id: string
  readonly database: string | undefined
  readonly settings: ReadonlyMap<string, string>
  readonly params: ReadonlyMap<string, string>
}

/** One connection: settings, parameters and database of a request die with it. */
export interface EngineSession {
  /** Runs one statement and holds its whole answer. */
  run(sql: string, format: string): Promise<QueryAnswer>
  /** Runs one statement that writes. */
  write(sql: string): Promise<WriteAnswer>
  /** Runs one SELECT and yields its answer in chunks. */
  stream(sql: string, format: string): AsyncGenerator<Buffer>
  /**
   * Counts the statements of a text: 0 when it is none, or is an insert with rows in a format.
   */
  countStatements(sql: string): Promise<number>
  /** Only when no call is running. */
  close(): void
}

/** The embedded database of one data directory. */
export interface ChdbEngine {
  prepare(preparation: Preparation): Promise<EngineSession>
  /** Asks a running query to end; it then fails with code 394. */
  kill(id: string): Promise<void>
}

/**
 * Opens the data directory, creating it when absent. Waits up to 20 s for a process that still holds it (the engine
 * holds a file lock there), as after a kill -9 of our parent.
 * @throws CannotOpenStore when it cannot be opened
 */
export async function openChdb(dataDir: string): Promise<ChdbEngine> {
  const store = join(dataDir, 'store')
  mkdirSync(store, { recursive: true, mode: 0o700 })
  const configFile = join(dataDir, 'engine.xml')
  writeFileSync(configFile, serverSettings(), { mode: 0o600 })
  const addon = loadChdb()
  const args = connectionSettings(configFile)
  // Held for ever: the engine closes its data directory with the last connection.
  const first = await openPatiently(addon, store, args)
  await addon.QueryAsyncConnection(first, `CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`, 'Null')
  const connect = () => new ChdbSession(addon, addon.CreateConnection(store, args))
  return {
    prepare: async (preparation) => {
      const session = connect()
      try {
        await session.run(preparationSql(preparation), 'Null')
      } catch (error) {
        session.close()
        throw error
      }
      return session
    },
    kill: async (id) => {
      const session = connect()
      try {
        await session.run(`KILL QUERY WHERE Settings['log_comment'] = ${asLiteral(id)} ASYNC`, 'Null')
      } finally {
        session.close()
      }
    },
  }
}

async function openPatiently(addon: ChdbAddon, store: string, args: readonly string[]): Promise<Connection> {
  for (let tries = 1; ; tries += 1) {
    try {
      return addon.CreateConnection(store, args)
    } catch (error) {
      if (tries >= OPEN_TRIES) {
        const text = `${store} is in use by another process, or cannot be read or written`
        throw new CannotOpenStore(text, { cause: error })
      }
      await pause(OPEN_RETRY_MS)
    }
  }
}

function preparationSql({ id, database, settings, params }: Preparation): string {
  const assignments = [`log_comment = ${asLiteral(id)}`]
  for (const [name, value] of settings) assignments.push(`${checkName(name)} = ${asLiteral(value)}`)
  for (const [name, value] of params) assignments.push(`param_${checkName(name)} = ${asLiteral(value)}`)
  return `USE ${asIdentifier(database ?? DATABASE)}; SET ${assignments.join(', ')}`
}

function checkName(name: string): string {
  if (/^[A-Za-z_]\w*$/.test(name)) return name
  throw databaseError(115, 'UNKNOWN_SETTING', 'A setting or parameter has a name that is none')
}

class ChdbSession implements EngineSession {
  private readonly addon: ChdbAddon
  private readonly connection: Connection

  constructor(addon: ChdbAddon, connection: Connection) {
    this.addon = addon
    this.connection = connection
  }

  run(sql: string, format: string): Promise<QueryAnswer> {
    return this.addon.QueryAsyncConnection(this.connection, sql, format)
  }

  write(sql: string): Promise<WriteAnswer> {
    return this.addon.InsertRawAsyncConnection(this.connection, sql, NO_ROWS, false)
  }

  async *stream(sql: string, format: string): AsyncGenerator<Buffer> {
    const stream = this.addon.StreamQuery(this.connection, sql, format)
    try {
      for (;;) {
        const { done, bytes } = await this.addon.StreamFetch(stream)
        if (done) return
        yield Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
      }
    } finally {
      this.addon.StreamCancel(stream)
    }
  }

  async countStatements(sql: string): Promise<number> {
    const { statementCount } = await this.addon.DurableClassifyAsync(this.connection, sql)
    return statementCount
  }

  close(): void {
    this.addon.CloseConnection(this.connection)
  }
}
