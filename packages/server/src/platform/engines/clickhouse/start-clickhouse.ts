import { mkdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { ClickHouseClient } from '@clickhouse/client'
import { ChildKeeper } from './child-keeper.ts'
import type { Log } from './clickhouse-log.ts'
import { type ClickHouseAddress, openClient } from './open-client.ts'
import { makeSocketFolder, noteSocketFolder } from './socket-folder.ts'

const PING_TIMEOUT_MS = 5000

/** ClickHouse, embedded or a customer's; the same client and SQL reach both. */
export interface ClickHouseEngine {
  /**
   * The official client. 64-bit integers come as JSON numbers. A request fails when the server dies under it: repeat
   * it, inserts with the same `insert_deduplication_token`.
   */
  readonly client: ClickHouseClient
  /** where others may open a client of their own */
  readonly address: ClickHouseAddress
  /** The embedded server's process now; undefined while it is down, and for a customer's server. */
  readonly pid: number | undefined
  /** Resolves with one line why, when the embedded server cannot be kept alive. */
  readonly exited: Promise<string>
  /** Whether the server answers within 5 s. */
  ping(): Promise<boolean>
  /** Ends client and embedded server. Stop what inserts first: after 1.5 s running requests fail. */
  stop(): Promise<void>
}

/**
 * Starts ClickHouse as a library in a child process, on a private unix socket, and keeps it alive. It dies with us.
 * @param options.dataDir the folder of its files, any depth; created when absent; may still be held by a process that
 * is ending, for up to 20 s
 * @throws Error when it cannot be started, with one line why
 */
export async function startClickHouse(options: { dataDir: string; log: Log }): Promise<ClickHouseEngine> {
  const dataDir = resolve(options.dataDir)
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const folder = makeSocketFolder()
  const socketPath = join(folder, 's')
  const keeper = new ChildKeeper(dataDir, socketPath, options.log)
  try {
    await keeper.start()
    noteSocketFolder(dataDir, folder)
  } catch (error) {
    rmSync(folder, { recursive: true, force: true })
    throw error
  }
  const address = { url: 'http://localhost', socketPath }
  const client = openClient(address)
  return {
    client,
    address,
    exited: keeper.exited,
    get pid() {
      return keeper.pid
    },
    ping: () => ping(client),
    stop: async () => {
      await keeper.stop()
      await client.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

/**
 * Connects to a customer's ClickHouse.
 * @param url `http(s)://user:password@host:8123/database`
 */
export function connectClickHouse(url: string): ClickHouseEngine {
  const address = { url }
  const client = openClient(address)
  return {
    client,
    address,
    pid: undefined,
    exited: new Promise(() => {}),
    ping: () => ping(client),
    stop: () => client.close(),
  }
}

async function ping(client: ClickHouseClient): Promise<boolean> {
  const { success } = await client.ping({ select: false, abort_signal: AbortSignal.timeout(PING_TIMEOUT_MS) })
  return success
}
