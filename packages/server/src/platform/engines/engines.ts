import { join } from 'node:path'
import type { DatabaseAddress } from '../database/connect.ts'
import type { Log } from '../observability/log.ts'
import { type ClickHouseEngine, connectClickHouse, startClickHouse } from './clickhouse/start-clickhouse.ts'
import { startPostgres } from './postgres/start-postgres.ts'

/** Where the engines are: the customer's own by URL, else embedded in the data directory. */
export interface EngineConfig {
  readonly dataDir: string
  readonly databaseUrl: string | undefined
  readonly clickhouseUrl: string | undefined
}

/** Both engines, embedded or the customer's own. */
export interface Engines {
  /** where PostgreSQL is now */
  readonly database: () => DatabaseAddress
  readonly clickhouse: ClickHouseEngine
  /** Resolves with one line why, when an engine cannot be kept alive. */
  readonly failed: Promise<string>
  stop(): Promise<void>
}

const RESTARTS_MAX = 5
const RESTARTS_WITHIN_MS = 60_000

interface EngineLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  readonly msg: string
}

/**
 * Starts or connects the engines.
 * @param progress told of steps that take seconds
 * @throws Error with one sentence, when one cannot run here
 */
export async function startEngines(
  config: EngineConfig,
  log: Log,
  progress: (step: string) => void,
): Promise<Engines> {
  const write = (engine: string) => (line: EngineLine) => {
    const { level, msg, ...fields } = line
    log[level]('engine', { engine, msg, ...fields })
  }
  const postgres =
    config.databaseUrl === undefined
      ? await keepPostgres(config.dataDir, write('postgres'), progress)
      : { address: urlOf(config.databaseUrl), failed: new Promise<string>(() => {}), stop: async () => {} }
  try {
    const clickhouse =
      config.clickhouseUrl === undefined
        ? await startClickHouse({ dataDir: join(config.dataDir, 'clickhouse'), log: write('clickhouse') })
        : connectClickHouse(config.clickhouseUrl)
    return {
      database: postgres.address,
      clickhouse,
      failed: Promise.race([postgres.failed, clickhouse.exited]),
      stop: async () => {
        await Promise.all([clickhouse.stop(), postgres.stop()])
      },
    }
  } catch (error) {
    await postgres.stop()
    throw error
  }
}

/** Runs the embedded PostgreSQL and starts it again when it dies under us; gives up when it dies again and again. */
async function keepPostgres(
  dataDir: string,
  log: (line: EngineLine & { readonly [field: string]: unknown }) => void,
  progress: (step: string) => void,
): Promise<{ address: () => DatabaseAddress; failed: Promise<string>; stop: () => Promise<void> }> {
  let engine = await startPostgres({ dataDir, log, progress })
  let stopping = false
  let restarting: Promise<void> = Promise.resolve()
  const address = () => engine.connection
  const failed = (async () => {
    const deaths: number[] = []
    for (;;) {
      const reason = await engine.exited
      if (stopping) return new Promise<string>(() => {})
      deaths.push(Date.now())
      log({ level: 'error', msg: `PostgreSQL ended and is started again: ${reason}` })
      const recent = deaths.filter((at) => at > Date.now() - RESTARTS_WITHIN_MS)
      if (recent.length > RESTARTS_MAX)
        return `PostgreSQL ended ${recent.length} times in a minute: ${reason}`
      try {
        const restart = startPostgres({ dataDir, log })
        restarting = restart.then(
          () => undefined,
          () => undefined,
        )
        engine = await restart
      } catch (error) {
        return `PostgreSQL cannot be started again: ${(error as Error).message}`
      }
    }
  })()
  return {
    address,
    failed,
    stop: async () => {
      stopping = true
      await restarting
      await engine.stop()
    },
  }
}

function urlOf(url: string): () => DatabaseAddress {
  return () => ({ url })
}
