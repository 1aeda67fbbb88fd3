import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { findRunningPostgres } from '../platform/engines/postgres/find-running-postgres.ts'
import { signIn } from '../testing/console-session.ts'
import { request, startTestServer, TestServer } from '../testing/test-server.ts'

const servers: TestServer[] = []

afterEach(async () => {
  for (const server of servers.splice(0).reverse()) await server.stop()
})

async function start(environment: Readonly<Record<string, string>> = {}): Promise<TestServer> {
  const server = await startTestServer({ environment })
  servers.push(server)
  return server
}

/** A further server on the database of another, with a data directory of its own. */
async function startBeside(first: TestServer, roles: string): Promise<TestServer> {
  const address = await findRunningPostgres(first.dataDir)
  if (address === undefined || 'url' in address) throw new Error('The first server has no PostgreSQL.')
  const query = new URLSearchParams({ host: address.host, user: address.user, port: String(address.port) })
  const environment = {
    DATABASE_URL: `postgresql://localhost/${address.database}?${query}`,
    AFFLUENT_ROLES: roles,
  }
  const server = new TestServer(await mkdtemp(join(tmpdir(), 'affluent-test-')), { environment })
  await server.start()
  servers.push(server)
  return server
}

async function readStatus(server: TestServer, apiKey: string): Promise<number> {
  const headers = { authorization: `Bearer ${apiKey}` }
  return (await request(`${server.url}/v1/workspaces`, { headers })).status
}

async function sendStatus(server: TestServer, writeKey: string): Promise<number> {
  const keys = { apiKey: '', writeKey }
  return (await server.send('/v1/track', { event: 'Seen', userId: 'u1' }, { keys })).status
}

test('a key fixed by the environment takes the place of the one that was fixed before', async () => {
  const server = await start({ AFFLUENT_API_KEY: 'ak_spring_key', AFFLUENT_WRITE_KEY: 'wk_spring_key' })
  const other = { name: 'Stays', scopes: ['read'] }
  const made = await (await signIn(server.url)).ask('/v1/keys', { method: 'POST', body: other })
  const statuses = async (season: string) => [
    await readStatus(server, `ak_${season}_key`),
    await sendStatus(server, `wk_${season}_key`),
  ]
  expect(await statuses('spring')).toEqual([200, 200])
  await server.halt()
  server.environment = { AFFLUENT_API_KEY: 'ak_summer_key', AFFLUENT_WRITE_KEY: 'wk_summer_key' }
  await server.start()
  expect(await statuses('spring')).toEqual([401, 401])
  expect(await statuses('summer')).toEqual([200, 200])
  expect(await readStatus(server, made.json['secret'] as string), 'other keys stay').toBe(200)
  // and back again
  await server.halt()
  server.environment = { AFFLUENT_API_KEY: 'ak_spring_key', AFFLUENT_WRITE_KEY: 'wk_spring_key' }
  await server.start()
  expect(await statuses('summer')).toEqual([401, 401])
  expect(await statuses('spring')).toEqual([200, 200])
  const { json } = await (await signIn(server.url)).ask('/v1/keys')
  expect(json['keys']).toMatchObject([
    { name: 'AFFLUENT_API_KEY', fromEnvironment: true, prefix: 'ak_s' },
    { name: 'Stays', fromEnvironment: false },
  ])
})

test('a key of the environment that was revoked stays so, and the start says it', async () => {
  const server = await start({ AFFLUENT_API_KEY: 'ak_leaked_key' })
  const session = await signIn(server.url)
  const { json } = await session.ask('/v1/keys')
  const [{ id }] = json['keys'] as unknown as [{ id: string }]
  expect((await session.ask(`/v1/keys/${id}`, { method: 'DELETE' })).status).toBe(204)
  await server.halt()
  await server.start()
  expect(await readStatus(server, 'ak_leaked_key')).toBe(401)
  expect(server.log).toContainEqual(
    expect.objectContaining({ event: 'fixed_key_is_dead', fields: { variable: 'AFFLUENT_API_KEY' } }),
  )
})

test('when the answer to a revocation comes, no process takes the key any more', async () => {
  const first = await start()
  const collector = await startBeside(first, 'collect')
  const second = await startBeside(first, 'api')
  const session = await signIn(first.url)
  for (let round = 0; round < 10; round++) {
    const made = await session.ask('/v1/keys', {
      method: 'POST',
      body: { name: `Round ${round}`, scopes: ['read'] },
    })
    const { key, secret } = made.json as unknown as { key: { id: string }; secret: string }
    expect(await readStatus(second, secret), 'good everywhere at once').toBe(200)
    await session.ask(`/v1/keys/${key.id}`, { method: 'DELETE' })
    expect(await readStatus(second, secret), 'revoked everywhere at once').toBe(401)

    const path = '/v1/sources/website/write-keys'
    const rotated = await session.ask(path, { method: 'POST', body: { oldUntil: null } })
    const { writeKey } = rotated.json['source'] as unknown as { writeKey: string }
    expect(await sendStatus(collector, writeKey)).toBe(200)
    expect((await session.ask(`${path}/${writeKey}`, { method: 'DELETE' })).status).toBe(200)
    expect(await sendStatus(collector, writeKey)).toBe(401)
  }
  const off = await session.ask('/v1/sources/website', { method: 'PUT', body: { enabled: false } })
  expect(off.status).toBe(200)
  expect(await sendStatus(collector, first.keys.writeKey), 'a source that is switched off, too').toBe(401)
})

test('a process whose notifications are lost sees a revocation by the clock, and listens again', async () => {
  const first = await start()
  const second = await startBeside(first, 'api')
  const { rows } = await first.database.query<{ pid: number }>(
    `select distinct l.pid from pg_locks l where l.locktype = 'advisory' and l.objid = 183570039`,
  )
  expect(rows).toHaveLength(2)
  for (const { pid } of rows) await first.database.query('select pg_terminate_backend($1)', [pid])
  const session = await signIn(first.url)
  const made = await session.ask('/v1/keys', { method: 'POST', body: { name: 'Lost', scopes: ['read'] } })
  const { key, secret } = made.json as unknown as { key: { id: string }; secret: string }
  await expect.poll(() => readStatus(second, secret), { timeout: 10_000 }).toBe(200)
  await session.ask(`/v1/keys/${key.id}`, { method: 'DELETE' })
  await expect.poll(() => readStatus(second, secret), { timeout: 10_000 }).toBe(401)
  const listeners = () =>
    first.database
      .query(`select 1 from pg_locks l where l.locktype = 'advisory' and l.objid = 183570039`)
      .then(({ rowCount }) => rowCount)
  await expect.poll(listeners, { timeout: 10_000 }).toBe(2)
})
