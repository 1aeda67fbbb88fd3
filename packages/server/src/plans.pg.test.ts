import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connectDatabase, type Database } from './platform/database/connect.ts'
import { findRunningPostgres } from './platform/engines/postgres/find-running-postgres.ts'
import { startTestServer, type TestServer } from './testing/test-server.ts'

// Which way PostgreSQL takes to the rows of every statement that taking in, processing, loading, delivering and reading
// a person run, as `auto_explain` tells it: on an empty store, on one that has grown and was never analysed, and on one
// that was.

/** Tables that grow with events, people or deliveries; their parts are named after them. */
const GROWING =
  /^(fragment|identifier|message_id|log|ledger|edge|delivery|delivery_end|delivery_attempt|delivery_wait|timer|load_entry|outcome|backfill_state|cold_series)(_[\d_]+)?$/
/** What may read all rows of a workspace: none of it runs for an event. */
const READS_ALL = [
  // what a backfill found and nobody has taken goes with it
  'delete from backfill_state where workspace_id = $1 and backfill = $2',
]
const GROWN_ROWS = 100_000

let server: TestServer
beforeAll(async () => {
  server = await startTestServer({ networks: '127.0.0.0/8' })
  await asAdmin(async (admin) => {
    await admin.query("load 'auto_explain'")
    const settings = {
      session_preload_libraries: 'auto_explain',
      'auto_explain.log_min_duration': '0',
      'auto_explain.log_format': 'json',
    }
    for (const [name, value] of Object.entries(settings))
      await admin.query(`alter database affluent set ${name} = '${value}'`)
  })
}, 60_000)
afterAll(() => server.stop())

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Cond'?: string
  readonly 'Recheck Cond'?: string
  readonly Filter?: string
  readonly Plans?: readonly PlanNode[]
}

interface Explained {
  readonly 'Query Text': string
  readonly Plan: PlanNode
}

/** As the role that owns the cluster: the server's own may not ask for plans. */
async function asAdmin<T>(work: (admin: Database) => Promise<T>): Promise<T> {
  const address = await findRunningPostgres(server.dataDir)
  if (address === undefined) throw new Error('The PostgreSQL of the test server is not found.')
  const admin = connectDatabase(
    () => ({ ...address, user: 'affluent' }),
    1,
    () => {},
  )
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

const logFile = () => join(server.dataDir, 'postgres', 'postgres.log')

async function plansSince(offset: number): Promise<Explained[]> {
  const text = (await readFile(logFile())).subarray(offset).toString('utf8')
  return [...text.matchAll(/ plan:\n((?:\t.*\n)+)/g)].map(
    ([, json]) => JSON.parse((json as string).replaceAll(/^\t/gm, '')) as Explained,
  )
}

/** A day of a shop in small: people, merges, copies, members, deliveries that fail, an un-merge, reads. */
async function live(round: string): Promise<void> {
  for (let number = 0; number < 12; number++) {
    const person = `${round}${number}`
    await server.sendAll([
      {
        type: 'identify',
        userId: person,
        anonymousId: `a${person}`,
        traits: { email: `${person}@example.com` },
      },
      { type: 'track', event: 'Order Completed', userId: person, messageId: `m${person}` },
      { type: 'track', event: 'Viewed', anonymousId: `b${person}` },
      { type: 'track', event: 'Viewed', anonymousId: `b${person}`, userId: person },
    ])
    await server.sendAll([
      { type: 'track', event: 'Order Completed', userId: person, messageId: `m${person}` },
      { type: 'track', event: 'Other', userId: person, messageId: `m${person}` },
    ])
  }
  // more than goes as parameters
  await server.sendAll(
    Array.from({ length: 300 }, (_, number) => ({
      type: 'track',
      event: 'Viewed',
      userId: `${round}many${number}`,
    })),
  )
  await server.settle()
  const { json } = await server.read(`/v1/profiles/user_id:${round}1/ledger`)
  const merge = (json['ledger'] as { id: string; kind: string }[]).find(({ kind }) => kind === 'merged')
  expect((await server.write('/v1/identity/unmerge', 'POST', { ledgerId: merge?.id })).status).toBe(200)
  expect((await server.profile('user_id', `${round}2`))?.events).toBe(4)
  await server.read(`/v1/profiles/user_id:${round}2/events`)
  await server.read(`/v1/profiles?search=${round}3`)
  await server.read('/v1/deliveries')
  await server.settle()
}

/** What is wrong with the way to the rows of a growing table, one line each. */
function faultsOf(explained: readonly Explained[], keys: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const faults = new Set<string>()
  const visit = (node: PlanNode, query: string, parent: string | undefined, table: string | undefined) => {
    const own = node['Relation Name'] ?? table
    const name = own === undefined ? undefined : GROWING.exec(own)?.[1]
    const told = (fault: string) =>
      faults.add(`${own}: ${fault}: ${query.replaceAll(/\s+/g, ' ').slice(0, 160)}`)
    if (name !== undefined && !READS_ALL.includes(query)) {
      if (node['Node Type'] === 'Seq Scan') told('reads the whole table')
      const { 'Index Cond': condition, Filter: filter = '' } = node
      // what an index is read in order for ends at a limit
      if (condition !== undefined && /^\(workspace_id = [^()]*\)$/.test(condition) && parent !== 'Limit')
        told('reads all rows of the workspace')
      for (const column of keys.get(name) ?? [])
        if (new RegExp(`\\b${column} = `).test(filter)) told(`compares ${column} row by row`)
    }
    for (const each of node.Plans ?? []) visit(each, query, node['Node Type'], own)
  }
  for (const { 'Query Text': query, Plan } of explained) visit(Plan, query, undefined, undefined)
  return [...faults].sort()
}

/** Columns by which rows of a growing table can be found, by table; a part of a day has one day only. */
async function indexedColumns(admin: Database): Promise<Map<string, Set<string>>> {
  const { rows } = await admin.query<{ table: string; column: string }>(
    `select c.relname as table, a.attname as column from pg_index i
     join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attnum = any(i.indkey)
     where c.relnamespace = 'public'::regnamespace and a.attname <> 'day'`,
  )
  const columns = new Map<string, Set<string>>()
  for (const { table, column } of rows) columns.set(table, (columns.get(table) ?? new Set()).add(column))
  return columns
}

async function grow(admin: Database): Promise<void> {
  const from = 10_000_000
  const series = `generate_series(${from}, ${from + GROWN_ROWS}) as n`
  for (const sql of [
    `insert into identifier (workspace_id, id, namespace, value, owner) select 1, n, 'user_id', 'grown' || n, n from ${series}`,
    `insert into fragment (workspace_id, id, profile, state) select 1, n, n - n % 2, '{}' from ${series}`,
    `insert into ledger (workspace_id, id, kind, fragment, other, identifiers, rule, position, at)
     select 1, n, 'merge', n, n + 1, '{}', 'x', n, now() from ${series}`,
    `insert into edge (workspace_id, ledger, a, b) select 1, n, n, n + 1 from ${series}`,
    `insert into timer (workspace_id, at, profile) select 1, 4000000000000 + n, n from ${series}`,
    `insert into message_id (day, workspace_id, id, fingerprint) select current_date, 1, gen_random_uuid(), n from ${series}`,
    `insert into delivery (day, workspace_id, number, destination_id, connection, position, profile, event_type, event_name, purpose, created_at)
     select current_date, 1, n, 999, 999, n, n, 'track', 'x', 'marketing', now() from ${series}`,
    `insert into delivery_end (day, workspace_id, number, destination_id, status, ended_at)
     select current_date, 1, n, 999, 'delivered', now() from ${series}`,
  ])
    await admin.query(sql)
}

/** Starts anew, so that every session makes its plans in this state of the store. */
async function explainLife(round: string): Promise<Explained[]> {
  await server.halt()
  await server.start()
  const offset = (await stat(logFile())).size
  await live(round)
  const plans = await plansSince(offset)
  expect(plans.length).toBeGreaterThan(100)
  return plans
}

test('every statement finds the rows of growing tables by all columns that it names, whatever the store holds', async () => {
  const settings = { url: 'http://127.0.0.1:9/hook' }
  const made = await server.write('/v1/destinations', 'POST', { type: 'webhook', name: 'Nobody', settings })
  const { id: destination } = made.json['destination'] as { id: string }
  await server.write('/v1/connections', 'POST', { from: { source: '*' }, destination })
  await server.putAudience({ key: 'buyers', condition: { event: 'Order Completed' } })
  await server.audienceLive('buyers')

  const empty = await explainLife('empty')
  const keys = await asAdmin(indexedColumns)
  expect(faultsOf(empty, keys)).toEqual([])
  // it was told of all of them
  const told = JSON.stringify(empty)
  for (const index of ['identifier_by_value', 'fragment_pkey', 'ledger_by_fragment', 'edge_by_a'])
    expect(told).toContain(`"${index}"`)
  for (const table of ['message_id_', 'log_', 'delivery_wait', 'load_entry', 'delivery_'])
    expect(told).toContain(`"Relation Name":"${table}`)

  await asAdmin(grow)
  expect(faultsOf(await explainLife('grown'), keys)).toEqual([])

  await asAdmin((admin) => admin.query('analyze'))
  expect(faultsOf(await explainLife('analysed'), keys)).toEqual([])
})
