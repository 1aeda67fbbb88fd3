import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { type CompiledEngines, compileEngines } from '../testing/compile-engines.ts'
import { type NodeChild, startNodeChild } from '../testing/node-child.ts'
import { adoptPostmaster } from './adopt-postmaster.ts'
import { checkDurability } from './check-durability.ts'
import { DATABASE_NAME } from './create-cluster.ts'
import type { EngineLogLine } from './engine-log.ts'
import { findRunning } from './postmaster-file.ts'
import { isAlive, sessionsOf } from './process-in-cluster.ts'
import { type PostgresEngine, type PostgresOptions, startPostgres } from './start-postgres.ts'
import { waitUntilGone } from './stop-postmaster.ts'

const isRoot = process.geteuid?.() === 0
const NEEDS_ROOT = 'only root changes its identity; run the tests as root to cover it'
const LONGEST_STOP_MS = 5000

let compiled: CompiledEngines
let folder: string
let dataDir: string
const engines: PostgresEngine[] = []
const children: NodeChild[] = []

beforeAll(async () => {
  compiled = await compileEngines()
})
afterAll(() => compiled.remove())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'affluent-test-'))
  dataDir = join(folder, 'data')
})
afterEach(async () => {
  for (const child of children.splice(0)) await child.kill()
  for (const engine of engines.splice(0)) await engine.stop()
  const left = await findRunning(join(dataDir, 'postgres', 'cluster'))
  if (left !== null) process.kill(left.pid, 'SIGKILL')
  await rm(folder, { recursive: true, force: true, maxRetries: 10 })
  expect(left, 'a PostgreSQL was left behind').toBeNull()
})

async function start(options: Partial<PostgresOptions> = {}): Promise<PostgresEngine> {
  const engine = await startPostgres({ dataDir, log: () => {}, ...options })
  engines.push(engine)
  return engine
}

function startInChild(): NodeChild {
  const child = startNodeChild(`
    import { startPostgres } from '${compiled.folder}/postgres/start-postgres.js'
    setInterval(() => {}, 1000)
    const engine = await startPostgres({ dataDir: ${JSON.stringify(dataDir)}, log: () => {} })
    console.log(JSON.stringify({ pid: engine.pid, connection: engine.connection }))`)
  children.push(child)
  return child
}

async function connect({ connection }: Pick<PostgresEngine, 'connection'>): Promise<Client> {
  // as the superuser: what is asked of the server itself, the role of the application may not ask
  const client = new Client({ ...connection, user: DATABASE_NAME })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function ask(engine: Pick<PostgresEngine, 'connection'>, sql: string): Promise<unknown> {
  const client = await connect(engine)
  try {
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows[0]?.[0]
  } finally {
    await client.end()
  }
}

async function keepRow(engine: Pick<PostgresEngine, 'connection'>): Promise<void> {
  await ask(engine, 'create table if not exists kept (n int)')
  await ask(engine, 'insert into kept (n) values (1)')
}

function countKept(engine: PostgresEngine): Promise<unknown> {
  return ask(engine, 'select count(n)::int from kept')
}

test('the first start makes a durable database behind a private socket, the next start finds it', async () => {
  const steps: string[] = []
  const first = await start({ progress: (step) => steps.push(step) })
  expect(first.adopted).toBe(false)
  expect(steps).toEqual(['Making the database'])
  await keepRow(first)
  const client = await connect(first)
  expect(await checkDurability(client)).toEqual([])
  await client.end()
  expect(await ask(first, 'show data_checksums')).toBe('on')
  expect(await ask(first, 'show listen_addresses')).toBe('')
  expect(await ask(first, `select lower('É') || 'b' < 'a'`)).toBe(false)
  expect((await stat(first.connection.host)).mode & 0o777).toBe(0o700)
  await first.stop()
  expect(await isAlive(first.pid)).toBe(false)
  await expect(stat(first.connection.host)).rejects.toThrow('ENOENT')

  const second = await start()
  expect(second.adopted).toBe(false)
  expect(await countKept(second)).toBe(1)
})

test('it runs in a session of its own, where Ctrl-C at the terminal does not reach it', async () => {
  const { pid } = await start()
  if (process.platform !== 'linux') return
  const session = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ')[3]
  expect(Number(session)).toBe(pid)
})

test('a server whose starter was killed is taken over, and the dead connections are ended', async () => {
  const child = startInChild()
  const before: PostgresEngine = JSON.parse(await child.firstLine)
  await keepRow(before)
  const forgotten = await connect(before)
  await forgotten.query('begin; insert into kept (n) values (2)')
  await child.kill()

  const engine = await start()
  expect(engine.adopted).toBe(true)
  expect(engine.pid).toBe(before.pid)
  expect(await countKept(engine)).toBe(1)
  expect(await ask(engine, `select count(*)::int from pg_stat_activity where state like 'idle in%'`)).toBe(0)
  process.kill(engine.pid, 'SIGKILL')
  expect(await engine.exited).toContain(`PostgreSQL (pid ${engine.pid}) ended on its own`)
})

test('a server that was told to stop by a process that then died is waited for', async () => {
  const first = await start()
  await keepRow(first)
  process.kill(first.pid, 'SIGINT')
  const second = await start()
  expect(second.pid).not.toBe(first.pid)
  expect(await countKept(second)).toBe(1)
})

test('a server with other settings is stopped instead of taken over', async () => {
  const engine = await start()
  const log: EngineLogLine[] = []
  const cluster = String(await ask(engine, 'show data_directory'))
  const adoption = {
    cluster,
    fingerprint: 'other',
    log: (line: EngineLogLine) => log.push(line),
    progress: () => {},
  }
  expect(await adoptPostmaster(adoption)).toBeNull()
  expect(log[0]?.msg).toContain('other settings')
  expect(await isAlive(engine.pid)).toBe(false)
})

test('a killed server is reported, and the next start recovers past a session that outlived it', async () => {
  const first = await start()
  await keepRow(first)
  const busy = await connect(first)
  const cluster = String(await ask(first, 'show data_directory'))
  const endless = busy.query('do $$ begin loop end loop; end $$').catch(() => 'cut')
  await pause(100)
  process.kill(first.pid, 'SIGKILL')
  expect(await first.exited).toContain('killed by SIGKILL')
  if (process.platform === 'linux') expect(await sessionsOf(cluster)).not.toEqual([])

  const second = await start()
  expect(second.adopted).toBe(false)
  expect(await countKept(second)).toBe(1)
  expect(await endless).toBe('cut')
  await expect(stat(first.connection.host)).rejects.toThrow('ENOENT')
})

test('a pid file whose number belongs to another process by now does not stop a start', async () => {
  const first = await start()
  await keepRow(first)
  const pidFile = join(dataDir, 'postgres', 'cluster', 'postmaster.pid')
  const text = await readFile(pidFile, 'utf8')
  process.kill(first.pid, 'SIGKILL')
  await waitUntilGone(first.pid, LONGEST_STOP_MS)
  await writeFile(pidFile, text.replace(/^\d+/, String(process.pid)))
  expect(await countKept(await start())).toBe(1)
})

test('kill -9 at any moment of the first start leaves what the next start completes', async () => {
  for (let delay = 0; delay <= 900; delay += 100) {
    const child = startInChild()
    await pause(delay)
    await child.kill()
  }
  const engine = await start()
  await keepRow(engine)
  expect(await countKept(engine)).toBe(1)
  await engine.stop()
  await start()
  expect((await readdir(join(dataDir, 'postgres'))).filter((name) => name.startsWith('draft-'))).toEqual([])
})

test('kill -9 of the whole tree keeps what was committed', async () => {
  for (let round = 1; round <= 3; round++) {
    const child = startInChild()
    const engine: PostgresEngine = JSON.parse(await child.firstLine)
    await keepRow(engine)
    process.kill(engine.pid, 'SIGKILL')
    await child.kill()
  }
  expect(await countKept(await start())).toBe(3)
})

test('a deep path with spaces and quotes is no obstacle', async () => {
  dataDir = join(folder, ...Array.from({ length: 5 }, () => `it's a deep "folder" with spaces`))
  const engine = await start()
  await keepRow(engine)
  await engine.stop()
  expect(await countKept(await start())).toBe(1)
})

test('the log holds no values, statements or messages of clients', async () => {
  const engine = await start()
  await ask(engine, 'create table person (email text primary key)')
  await ask(engine, `insert into person (email) values ('ann@secret.example')`)
  await expect(ask(engine, `insert into person (email) values ('ann@secret.example')`)).rejects.toThrow(
    'duplicate',
  )
  await expect(ask(engine, `select 'ann@secret.example'::int`)).rejects.toThrow('invalid input')
  await ask(engine, `do $$ begin raise log 'a session says something'; end $$`)
  const log = await readFile(join(dataDir, 'postgres', 'postgres.log'), 'utf8')
  expect(log).toContain('a session says something')
  expect(log).not.toContain('secret.example')
})

test('a cluster of another major version is refused with the way out', async () => {
  await (await start()).stop()
  await writeFile(join(dataDir, 'postgres', 'cluster', 'PG_VERSION'), '14\n')
  await expect(start()).rejects.toThrow(/made by PostgreSQL 14 and version 18 is installed/)
})

test('a server that does not start says why', async () => {
  await (await start()).stop()
  await rm(join(dataDir, 'postgres', 'cluster', 'global', 'pg_control'))
  await expect(start()).rejects.toThrow(/PostgreSQL does not start: .*pg_control.* \(log: /)
})

test('root without user namespaces runs it as another account, in place', async (context) => {
  context.skip(!isRoot, NEEDS_ROOT)
  await chmod(folder, 0o755)
  const internal = { forbidNamespace: true, reachableRoot: join(folder, 'reachable') }
  const engine = await start({ internal })
  await keepRow(engine)
  expect((await stat(join(dataDir, 'postgres', 'cluster'))).uid).not.toBe(0)
  expect((await stat(dataDir)).mode & 0o777).toBe(0o710)
  await expect(stat(internal.reachableRoot)).rejects.toThrow('ENOENT')
  await engine.stop()
  // A later start with namespaces at hand still runs as the account that owns the files.
  expect(await countKept(await start())).toBe(1)
})

test('root without user namespaces keeps data elsewhere when the account cannot reach it', async (context) => {
  context.skip(!isRoot, NEEDS_ROOT)
  const reachableRoot = await mkdtemp(join(tmpdir(), 'affluent-reachable-'))
  await chmod(reachableRoot, 0o755)
  try {
    const internal = { forbidNamespace: true, reachableRoot }
    const log: EngineLogLine[] = []
    const first = await start({ internal, log: (line) => log.push(line) })
    expect(log.map((line) => line.msg)).toEqual([expect.stringContaining(`is kept in ${reachableRoot}`)])
    await keepRow(first)
    await first.stop()
    const second = await start({ internal })
    expect(await countKept(second)).toBe(1)
    await second.stop()
    await rm(reachableRoot, { recursive: true })
    await expect(start({ internal })).rejects.toThrow(/is gone: restore/)
  } finally {
    await rm(reachableRoot, { recursive: true, force: true })
  }
})
