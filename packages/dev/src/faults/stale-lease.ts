import { once } from 'node:events'
import { mkdir, readFile } from 'node:fs/promises'
import { type AddressInfo, connect, createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { connectDatabase } from '@affluent/server/platform/database/connect'
import { startClickHouse } from '@affluent/server/platform/engines/clickhouse/start-clickhouse'
import { startPostgres } from '@affluent/server/platform/engines/postgres/start-postgres'
import { checkAtRest } from './check-at-rest.ts'
import type { FaultResult, FaultRun } from './fault-run.ts'
import { LoadHistory } from './load-history.ts'
import { freePort, ServerUnderTest, WRITE_KEY } from './server-under-test.ts'
import { Workload } from './workload.ts'

const ROUNDS = 3
const LOAD_MS = 3_000
const TAKE_OVER_MS_MAX = 45_000
const STALE_MS = 2_000
const POLL_MS = 200
/** the class of the advisory locks in lease.ts */
const LEASE_CLASS = 4_731

/**
 * A stale lease: two servers share one PostgreSQL and one ClickHouse. The one that processes is stopped for longer than
 * its lease (SIGSTOP, as a machine that is put to sleep); the other must take over; the first wakes and must not save
 * anything. Both load too.
 */
export async function staleLease(run: FaultRun): Promise<FaultResult> {
  const { folder, onEnd, program, random, say } = run
  const stores = await startStores(folder)
  onEnd(() => stores.stop())
  const ports = [await freePort(), await freePort()]
  const servers: ServerUnderTest[] = []
  for (const port of ports) {
    const server = new ServerUnderTest({
      ...{ program, port, dataDir: join(folder, `data-${port}`) },
      env: { DATABASE_URL: stores.databaseUrl, CLICKHOUSE_URL: stores.clickhouseUrl },
    })
    onEnd(() => server.killTree())
    await server.ready()
    servers.push(server)
  }
  const history = new LoadHistory()
  const load = new Workload({
    ...{
      history,
      random,
      ports: () => ports,
      writeKey: WRITE_KEY,
      workers: 6,
      pauseMs: 25,
      answerTimeoutMs: 2_000,
    },
  })
  load.start()
  const takeOvers: number[] = []
  try {
    for (let round = 1; round <= ROUNDS; round++) {
      await pause(random.between(LOAD_MS / 2, LOAD_MS))
      const processor = await findProcessor(servers, stores)
      if (processor === undefined) throw new Error('Nobody processes.')
      const ms = await sleepAndWake(processor, servers, stores)
      takeOvers.push(Math.round(ms))
      say(
        `round ${round}/${ROUNDS}: the processor slept, the other took over after ${Math.round(ms)} ms, the first woke`,
      )
      await pause(STALE_MS)
    }
    takeOvers.push(Math.round(await cutAndKill(servers, stores, say)))
    await load.finish()
    const verdict = await checkAtRest(livingServer(servers), history, stores.places)
    const losses = servers.map((server) => server.output.split('"processor_lost"').length - 1)
    const figures = `${ROUNDS + 1} rounds, ${verdict.events} events, ${verdict.lost} lost, ${verdict.doubled} twice; taken over after ${takeOvers.join(', ')} ms; lost the processor ${losses.join(' and ')} times`
    return { faults: verdict.faults, figures }
  } finally {
    await load.abandon()
    for (const server of servers) await server.killTree()
    await stores.stop()
  }
}

/** Stops the processor until another has taken over. */
async function sleepAndWake(
  processor: ServerUnderTest,
  servers: readonly ServerUnderTest[],
  stores: SharedStores,
): Promise<number> {
  const { ours } = await processor.processes()
  if (ours === undefined) throw new Error('The processor is gone.')
  const began = performance.now()
  process.kill(ours, 'SIGSTOP')
  try {
    await waitForProcessor(servers, stores, (holder) => holder !== processor)
    return performance.now() - began
  } finally {
    process.kill(ours, 'SIGCONT')
  }
}

/**
 * The session that holds the lease breaks, the other takes over at once; then the other is killed, and the first must
 * process again, over a new session.
 * @returns how long the last step took, in milliseconds
 */
async function cutAndKill(
  servers: readonly ServerUnderTest[],
  stores: SharedStores,
  say: (line: string) => void,
): Promise<number> {
  const first = await findProcessor(servers, stores)
  await stores.cutLeases()
  const second = await waitForProcessor(servers, stores, (processor) => processor !== first)
  say('the session of the lease broke: the other took over')
  await second.killTree()
  const began = performance.now()
  const third = await waitForProcessor(servers, stores, (processor) => processor !== second)
  const ms = performance.now() - began
  if (third !== first) throw new Error('Somebody processes who should not.')
  say(`the other was killed: the first processes again after ${Math.round(ms)} ms`)
  return ms
}

async function waitForProcessor(
  servers: readonly ServerUnderTest[],
  stores: SharedStores,
  isWanted: (processor: ServerUnderTest) => boolean,
): Promise<ServerUnderTest> {
  const deadline = performance.now() + TAKE_OVER_MS_MAX
  for (;;) {
    const processor = await findProcessor(servers, stores)
    if (processor !== undefined && isWanted(processor)) return processor
    if (performance.now() > deadline) throw new Error(`Nobody took over within ${TAKE_OVER_MS_MAX / 1000} s.`)
    await pause(POLL_MS)
  }
}

async function findProcessor(
  servers: readonly ServerUnderTest[],
  { holder }: SharedStores,
): Promise<ServerUnderTest | undefined> {
  const pid = await holder()
  for (const server of servers) if ((await server.processes()).ours === pid) return server
  return undefined
}

interface SharedStores {
  readonly databaseUrl: string
  readonly clickhouseUrl: string
  readonly places: {
    postgres: Awaited<ReturnType<typeof startPostgres>>['connection']
    clickhouseSocket: string
  }
  /** process that holds the lease of the first workspace, as PostgreSQL knows it */
  readonly holder: () => Promise<number | undefined>
  /** ends the sessions that hold a lease, as a broken network does */
  readonly cutLeases: () => Promise<unknown>
  readonly stop: () => Promise<void>
}

/** Both engines in this process, as a customer's own would be: PostgreSQL by its socket, ClickHouse by a port. */
async function startStores(folder: string): Promise<SharedStores> {
  const dataDir = join(folder, 'stores')
  await mkdir(dataDir)
  const postgres = await startPostgres({ dataDir, log: () => {} })
  const clickhouse = await startClickHouse({ dataDir: join(dataDir, 'clickhouse'), log: () => {} })
  const socketFolder = (await readFile(join(dataDir, 'clickhouse', 'socket-folder'), 'utf8')).trim()
  const clickhouseSocket = join(socketFolder, 's')
  const proxy = await openPort(clickhouseSocket)
  const database = connectDatabase(
    () => postgres.connection,
    1,
    () => {},
  )
  const { host, user } = postgres.connection
  let stopped: Promise<void> | undefined
  return {
    databaseUrl: `postgresql://${user}@localhost/affluent?host=${host}`,
    clickhouseUrl: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    places: { postgres: postgres.connection, clickhouseSocket },
    holder: async () => {
      const { rows } = await database.query<{ holder: string | null }>(
        'select holder from processor where workspace_id = 1',
      )
      const pid = rows[0]?.holder?.split(':').at(-1)
      return pid === undefined ? undefined : Number(pid)
    },
    cutLeases: () =>
      database.query(
        `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and classid = $1 and objsubid = 2`,
        [LEASE_CLASS],
      ),
    stop: () => {
      stopped ??= (async () => {
        proxy.close()
        await database.end()
        await clickhouse.stop()
        await postgres.stop()
      })()
      return stopped
    },
  }
}

/** A port of this machine that leads to a unix socket. */
async function openPort(socketPath: string): Promise<Server> {
  const proxy = createServer((client) => {
    const target = connect(socketPath)
    client.pipe(target).pipe(client)
    client.on('error', () => target.destroy())
    target.on('error', () => client.destroy())
    client.on('close', () => target.destroy())
  }).listen(0, '127.0.0.1')
  await once(proxy, 'listening')
  return proxy
}

function livingServer(servers: readonly ServerUnderTest[]): ServerUnderTest {
  const living = servers.find((server) => !server.hasEnded)
  if (living === undefined) throw new Error('No server lives.')
  return living
}
