import { setTimeout as pause } from 'node:timers/promises'
import type { WorkspaceAnswer } from '@affluent/protocol/endpoints/workspaces'
import { FRESH_SIGN_IN_MS_MAX } from '@affluent/protocol/limits'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ConsoleSession, signIn } from '../testing/console-session.ts'
import { request, startTestServer, type TestServer, type WorkspaceKeys } from '../testing/test-server.ts'

let server: TestServer
let session: ConsoleSession

beforeAll(async () => {
  server = await startTestServer()
  session = await signIn(server.url)
})

afterAll(() => server.stop())

/** Makes a workspace as the console does, and learns its keys. */
async function makeWorkspace(slug: string): Promise<WorkspaceKeys> {
  const made = await session.ask('/v1/workspaces', {
    method: 'POST',
    body: { slug, name: `The ${slug}`, kind: 'sandbox' },
    workspace: undefined,
  })
  expect(made, made.text).toMatchObject({
    status: 201,
    json: { workspace: { slug, name: `The ${slug}`, kind: 'sandbox', isDemo: false, status: 'ready' } },
  })
  const { json } = await session.ask('/v1/sources', { workspace: slug })
  const [source] = json['sources'] as { slug: string; writeKey: string }[]
  expect(source?.slug).toBe('website')
  return { apiKey: made.json['apiKey'] as string, writeKey: source?.writeKey as string }
}

/** Events of all kinds, audiences with history, a merge that is undone: rows in as many tables as can be. */
async function fill(keys: WorkspaceKeys): Promise<void> {
  const visits = Array.from({ length: 300 }, (_, index) => ({
    type: 'track',
    event: 'Visited',
    userId: `u${index % 50}`,
    anonymousId: `a${index % 70}`,
    properties: { index },
    messageId: `visit-${index}`,
  }))
  await server.sendAll(visits, keys)
  await server.sendAll(
    [
      { type: 'identify', userId: 'u1', traits: { email: 'ada@example.com', plan: 'pro' } },
      { type: 'page', anonymousId: 'stranger' },
      { type: 'identify', userId: 'u1', anonymousId: 'stranger' },
      { type: 'track', event: 'Visited', userId: 'u1', messageId: 'visit-1' },
    ],
    keys,
  )
  await server.send('/v1/track', { userId: 'u1' }, { keys })
  await server.settle(keys)
  const condition = { event: 'Visited', count: { op: 'gte', value: 2 }, within: '30d' }
  await server.putAudience({ key: 'visitors', condition }, { keys })
  await server.audienceLive('visitors', keys)
  await server.settle(keys)
}

/** Rows of a workspace in each table of both databases that has a column for it. */
async function countRows(slug: string, id: number): Promise<Map<string, number>> {
  const counts = new Map<string, number>()
  const tables = await server.database.query<{ name: string }>(
    `select table_name as name from information_schema.columns
     where column_name = 'workspace_id' and table_schema = current_schema() order by 1`,
  )
  for (const { name } of tables.rows) {
    const { rows } = await server.database.query<{ count: number }>(
      `select count(*)::int as count from ${name} where workspace_id = $1`,
      [id],
    )
    counts.set(name, rows[0]?.count as number)
  }
  const workspaces = await server.database.query('select 1 from workspace where slug = $1', [slug])
  counts.set('workspace', workspaces.rowCount as number)
  const analytical = await server.askClickHouse<{ table: string }>(
    "select table from system.columns where database = currentDatabase() and name = 'workspace'",
  )
  for (const { table } of analytical) {
    const query = `select count() as count from ${table} where workspace = ${id}`
    const [row] = await server.askClickHouse<{ count: string }>(query)
    counts.set(`clickhouse ${table}`, Number(row?.count))
  }
  return counts
}

async function numberOf(slug: string): Promise<number> {
  const { rows } = await server.database.query<{ id: number }>('select id from workspace where slug = $1', [
    slug,
  ])
  return rows[0]?.id as number
}

async function list(): Promise<WorkspaceAnswer[]> {
  const { json } = await session.ask('/v1/workspaces', { workspace: undefined })
  return json['workspaces'] as unknown as WorkspaceAnswer[]
}

async function removed(slug: string): Promise<void> {
  const end = Date.now() + 30_000
  while ((await list()).some((workspace) => workspace.slug === slug)) {
    if (Date.now() > end) throw new Error(`${slug} is still there: ${JSON.stringify(server.log.slice(-3))}`)
    await pause(100)
  }
}

test('a workspace is made, filled, and removed with every row; others keep theirs', async () => {
  await fill(server.keys)
  const keys = await makeWorkspace('spring')
  await fill(keys)
  const id = await numberOf('spring')
  const before = await countRows('spring', id)
  const filled = [...before].filter(([, rows]) => rows > 0).map(([name]) => name)
  expect(filled).toEqual(
    expect.arrayContaining([
      ...['source', 'write_key', 'api_key', 'log', 'log_head', 'processor', 'load_cursor', 'message_id'],
      ...['outcome', 'fragment', 'identifier', 'ledger', 'edge', 'audience', 'audience_version', 'series'],
      ...['clickhouse event', 'clickhouse trait', 'clickhouse identifier', 'clickhouse profile_map'],
      'clickhouse membership',
    ]),
  )
  const main = await countRows('main', await numberOf('main'))

  const answer = await session.ask('/v1/workspaces/spring?confirm=spring', {
    method: 'DELETE',
    workspace: undefined,
  })
  expect(answer).toMatchObject({ status: 202, json: { workspace: { slug: 'spring', status: 'removing' } } })
  expect(await server.send('/v1/track', { userId: 'u1', event: 'Late' }, { keys })).toMatchObject({
    status: 401,
    json: { code: 'invalid_write_key' },
  })
  expect(await server.read('/v1/pipeline', { keys })).toMatchObject({
    status: 401,
    json: { error: { code: 'invalid_api_key' } },
  })
  expect(await session.ask('/v1/pipeline', { workspace: 'spring' })).toMatchObject({
    status: 404,
    json: { error: { code: 'unknown_reference', path: 'Affluent-Workspace' } },
  })
  expect((await list()).find(({ slug }) => slug === 'spring')?.status).toBe('removing')

  await removed('spring')
  const left = [...(await countRows('spring', id))].filter(([, rows]) => rows > 0)
  expect(left).toEqual([])
  expect(await countRows('main', await numberOf('main'))).toEqual(main)
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])

  const again = await makeWorkspace('spring')
  expect(await server.profile('user_id', 'u1', { keys: again })).toBeUndefined()
  await fill(again)
  expect((await server.settle(again)).stored).toBe(303)
})

test('a workspace is removed under a stream: each request is taken or told, and nothing comes after', async () => {
  const keys = await makeWorkspace('stream')
  const id = await numberOf('stream')
  const seen = new Set<number>()
  let isRunning = true
  const sender = async (who: number) => {
    for (let count = 0; isRunning; count++) {
      const events = [{ type: 'track', event: 'Visited', userId: `u${who}`, properties: { count } }]
      seen.add((await server.send('/v1/batch', { batch: events }, { keys })).status)
    }
  }
  const senders = [1, 2, 3, 4].map(sender)
  await pause(1_000)
  const { status } = await session.ask('/v1/workspaces/stream?confirm=stream', { method: 'DELETE' })
  expect(status).toBe(202)
  await removed('stream')
  isRunning = false
  await Promise.all(senders)
  expect([...seen].sort((a, b) => a - b)).toEqual([200, 401])
  expect([...(await countRows('stream', id))].filter(([, rows]) => rows > 0)).toEqual([])
  expect(server.log.filter(({ level }) => level === 'error')).toEqual([])
  expect((await request(`${server.url}/readyz`)).status).toBe(200)
})

test('a removal goes on after a restart', async () => {
  const keys = await makeWorkspace('autumn')
  await fill(keys)
  const id = await numberOf('autumn')
  const asked = await session.ask('/v1/workspaces/autumn?confirm=autumn', {
    method: 'DELETE',
    workspace: undefined,
  })
  expect(asked.status).toBe(202)
  await server.halt()
  await server.start()
  session = await signIn(server.url)
  await removed('autumn')
  expect([...(await countRows('autumn', id))].filter(([, rows]) => rows > 0)).toEqual([])
})

test('an API key sees its own workspace only, and removes none', async () => {
  const summer = await makeWorkspace('summer')
  const seen = await server.read('/v1/workspaces', { keys: summer })
  expect((seen.json['workspaces'] as { slug: string }[]).map(({ slug }) => slug)).toEqual(['summer'])
  for (const slug of ['summer', 'main', 'nowhere']) {
    const path = `/v1/workspaces/${slug}?confirm=${slug}`
    const refused = await server.write(path, 'DELETE', undefined, summer)
    expect(refused, slug).toMatchObject({ status: 403, json: { error: { code: 'sign_in_again' } } })
  }
  expect((await server.read('/v1/workspaces', { keys: summer })).status).toBe(200)
})

test('a workspace is removed by a member who signed in lately', async () => {
  await makeWorkspace('winter')
  const remove = () => session.ask('/v1/workspaces/winter?confirm=winter', { method: 'DELETE' })
  session = await signIn(server.url)
  server.clockOffset = FRESH_SIGN_IN_MS_MAX
  expect(await remove()).toMatchObject({ status: 403, json: { error: { code: 'sign_in_again' } } })
  session = await signIn(server.url)
  server.clockOffset += FRESH_SIGN_IN_MS_MAX - 1_000
  expect((await remove()).status).toBe(202)
  server.clockOffset = 0
  session = await signIn(server.url)
})

test('a session sees every workspace, and in each only what is there', async () => {
  const north = await makeWorkspace('north')
  const south = await makeWorkspace('south')
  await server.sendAll([{ type: 'identify', userId: 'n1', messageId: 'same' }], north)
  await server.sendAll([{ type: 'identify', userId: 's1', messageId: 'same' }], south)
  await Promise.all([server.settle(north), server.settle(south)])
  const statusOf = async (workspace: string | undefined, user: string) =>
    (await session.ask(`/v1/profiles/user_id:${user}`, { workspace })).status
  expect(await statusOf('north', 'n1')).toBe(200)
  expect(await statusOf('north', 's1')).toBe(404)
  expect(await statusOf('south', 's1')).toBe(200)
  expect((await session.ask('/v1/pipeline', { workspace: undefined })).json).toMatchObject({
    error: { code: 'invalid_request', path: 'Affluent-Workspace' },
  })
  expect(await session.ask('/v1/pipeline', { workspace: 'nowhere' })).toMatchObject({
    status: 404,
    json: { error: { code: 'unknown_reference' } },
  })
  // a key has its workspace: the header does not lead it into another
  const read = await server.read('/v1/profiles/user_id:s1', {
    keys: north,
    headers: { 'affluent-workspace': 'south' },
  })
  expect(read.status).toBe(404)
})

test('a workspace is refused with the reason', async () => {
  const create = async (body: object) => {
    const { status, json } = await session.ask('/v1/workspaces', { method: 'POST', body })
    const { code, path } = json['error'] as { code: string; path?: string }
    return [status, code, path]
  }
  const good = { slug: 'good', name: 'Good', kind: 'live' }
  expect(await create({ ...good, slug: 'main' })).toEqual([409, 'already_exists', 'slug'])
  expect(await create({ ...good, slug: 'Not Good' })).toEqual([400, 'invalid_request', 'slug'])
  expect(await create({ ...good, slug: 'x'.repeat(64) })).toEqual([400, 'invalid_request', 'slug'])
  expect(await create({ ...good, name: ' ' })).toEqual([400, 'invalid_request', 'name'])
  expect(await create({ ...good, kind: 'toy' })).toEqual([400, 'invalid_request', 'kind'])
  expect(await create({ ...good, isDemo: true })).toEqual([400, 'unknown_field', 'isDemo'])
  const byKey = await server.write('/v1/workspaces', 'POST', good)
  expect(byKey).toMatchObject({ status: 403, json: { error: { code: 'session_needed' } } })
})

test('a workspace is removed only when its name is said twice, and main never', async () => {
  await makeWorkspace('kept')
  const remove = async (path: string) => {
    const { status, json } = await session.ask(`/v1/workspaces/${path}`, { method: 'DELETE' })
    return [status, (json['error'] as { code: string }).code]
  }
  expect(await remove('kept')).toEqual([400, 'invalid_request'])
  expect(await remove('kept?confirm=main')).toEqual([400, 'invalid_request'])
  expect(await remove('nowhere?confirm=nowhere')).toEqual([404, 'not_found'])
  expect(await remove('main?confirm=main')).toEqual([409, 'in_use'])
  expect((await list()).map(({ slug }) => slug)).toContain('kept')
})

test('a source is made, renamed and switched off; its last hour is counted', async () => {
  const keys = await makeWorkspace('sources')
  const ask = (path: string, method: string, body: object) =>
    session.ask(path, { method, body, workspace: 'sources' })
  const made = await ask('/v1/sources', 'POST', { slug: 'tills', name: 'Tills' })
  expect(made).toMatchObject({
    status: 201,
    json: {
      source: { slug: 'tills', name: 'Tills', kind: 'http', enabled: true, lastEventAt: null, lastHour: 0 },
    },
  })
  const { writeKey } = made.json['source'] as { writeKey: string }
  const tills = { ...keys, writeKey }
  await server.sendAll(
    [
      { type: 'identify', userId: 't1' },
      { type: 'identify', userId: 't2' },
    ],
    tills,
  )
  await server.settle(keys)
  const sourceNow = async () => {
    const { json } = await session.ask('/v1/sources', { workspace: 'sources' })
    return (json['sources'] as { slug: string; lastHour: number; lastEventAt: string }[]).find(
      ({ slug }) => slug === 'tills',
    )
  }
  const lively = await sourceNow()
  expect(lively).toMatchObject({ lastHour: 2, writeKey })
  expect(Math.abs(Date.parse(lively?.lastEventAt ?? '') - server.now())).toBeLessThan(60_000)
  server.clockOffset += 2 * 3_600_000
  expect(await sourceNow()).toMatchObject({ lastHour: 0, lastEventAt: lively?.lastEventAt })
  await server.sendAll([{ type: 'identify', userId: 't3' }], tills)
  await server.settle(keys)
  const later = await sourceNow()
  expect(later?.lastHour).toBe(1)
  expect(Date.parse(later?.lastEventAt ?? '')).toBeGreaterThan(Date.parse(lively?.lastEventAt ?? ''))
  server.clockOffset = 0

  const off = await ask('/v1/sources/tills', 'PUT', { name: 'All tills', enabled: false })
  expect(off).toMatchObject({ status: 200, json: { source: { name: 'All tills', enabled: false } } })
  const refused = await server.send('/v1/identify', { userId: 't4' }, { keys: tills })
  expect(refused).toMatchObject({ status: 401, json: { code: 'source_disabled' } })
  await ask('/v1/sources/tills', 'PUT', { enabled: true })
  expect((await server.send('/v1/identify', { userId: 't4' }, { keys: tills })).status).toBe(200)

  const again = await ask('/v1/sources', 'POST', { slug: 'tills', name: 'Tills' })
  expect(again).toMatchObject({ status: 409, json: { error: { code: 'already_exists' } } })
  const nowhere = await ask('/v1/sources/nowhere', 'PUT', { enabled: false })
  expect(nowhere).toMatchObject({ status: 404, json: { error: { code: 'not_found' } } })
  // the other workspace's API key reads its own
  const { json } = await server.read('/v1/sources')
  expect((json['sources'] as { slug: string }[]).map(({ slug }) => slug)).toEqual(['website'])
})
