import { rmSync } from 'node:fs'
import type { Server } from 'node:http'
import { dirname, join } from 'node:path'
import { CannotOpenStore, openChdb } from './chdb-engine.ts'
import type { ChildMessage, ParentMessage } from './child-message.ts'
import { createQueryServer } from './query-server.ts'
import { RowSpool } from './row-spool.ts'

/** The main program of the child: `child.js <data directory> <socket path>`, with an IPC channel to its parent. */

const PARENT_POLL_MS = 500
const LAST_QUERIES_MS = 1500
const [dataDir = '', socketPath = ''] = process.argv.slice(2)
const parent = process.ppid

process.on('disconnect', dieWithParent)
setInterval(() => {
  if (process.ppid !== parent) dieWithParent()
}, PARENT_POLL_MS).unref()
// A terminal or process manager signals the whole group; the parent decides when we go.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('uncaughtException', (error) => fail(error))
process.on('unhandledRejection', (error) => fail(error))

try {
  await start()
} catch (error) {
  fail(error)
}

async function start(): Promise<void> {
  const started = performance.now()
  process.umask(0o077)
  const engine = await openChdb(dataDir)
  const spool = await RowSpool.open(join(dataDir, 'spool'), join(dirname(socketPath), 'rows'))
  const server = createQueryServer(engine, spool)
  rmSync(socketPath, { force: true })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(socketPath, resolve)
  })
  process.on('message', (message: ParentMessage) => {
    if (message.kind === 'stop') stop(server)
  })
  tell({ kind: 'ready', openedMs: Math.round(performance.now() - started) })
}

function stop(server: Server): void {
  server.close(() => endNow())
  server.closeIdleConnections()
  setTimeout(endNow, LAST_QUERIES_MS)
}

function dieWithParent(): void {
  rmSync(dirname(socketPath), { recursive: true, force: true })
  endNow()
}

/** What was answered is on disk; the engine's own shutdown may hang behind a running query. */
function endNow(): void {
  process.kill(process.pid, 'SIGKILL')
}

function fail(error: unknown): void {
  tell({ kind: 'failed', reason: reasonOf(error) }, endNow)
  setTimeout(endNow, LAST_QUERIES_MS)
}

/** The kind and place of an error; messages of the engine may quote values. */
function reasonOf(error: unknown): string {
  if (error instanceof CannotOpenStore) return error.message
  if (!(error instanceof Error)) return 'unknown error'
  const code = 'code' in error ? String(error.code) : ''
  const place = (error.stack ?? '').split('\n').find((line) => /^\s+at /.test(line)) ?? ''
  const missing =
    code === 'MODULE_NOT_FOUND' ? 'no ClickHouse library for this platform: set CLICKHOUSE_URL' : ''
  return [error.name, code, missing, place.trim()].filter((part) => part !== '').join(', ')
}

function tell(message: ChildMessage, sent?: () => void): void {
  if (process.send === undefined || !process.connected) sent?.()
  else process.send(message, undefined, undefined, () => sent?.())
}
