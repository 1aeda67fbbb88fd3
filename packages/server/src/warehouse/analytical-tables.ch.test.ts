import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { MEMBERSHIP_COLUMNS, MembershipRows } from '../audiences/membership-table.ts'
import { IDENTIFIER_COLUMNS, IdentifierRows } from '../identity/identifier-table.ts'
import { PROFILE_MAP_COLUMNS, ProfileMapRows } from '../identity/profile-map-table.ts'
import { createAnalyticalTables } from '../platform/clickhouse/analytical-table.ts'
import { type ClickHouseEngine, startClickHouse } from '../platform/engines/clickhouse/start-clickhouse.ts'
import { ANALYTICAL_TABLES } from '../processor/facts.ts'
import { TRAIT_COLUMNS, TraitRows } from '../profiles/trait-table.ts'

const TABLES = ['event', 'profile_map', 'trait', 'identifier', 'membership']
const WORKSPACE = 4_000_000_000
const LARGE = Number.MAX_SAFE_INTEGER

let root: string
let engine: ClickHouseEngine

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'affluent-test-'))
  engine = await startClickHouse({ dataDir: join(root, 'clickhouse'), log: () => {} })
})
afterAll(async () => {
  await engine?.stop()
  await rm(root, { recursive: true, force: true })
})
beforeEach(async () => {
  for (const table of TABLES) await command(`drop table if exists ${table}`)
})

async function command(query: string): Promise<void> {
  await engine.client.command({ query })
}

async function ask<Row>(query: string): Promise<Row[]> {
  return (await engine.client.query({ query, format: 'JSONEachRow' })).json<Row>()
}

async function insert(target: string, rows: Buffer): Promise<void> {
  const { stream } = await engine.client.exec({
    query: `insert into ${target} format RowBinary`,
    values: Readable.from([rows], { objectMode: false }),
    // without a token equal rows would be dropped as a block that comes again
    clickhouse_settings: { insert_deduplication_token: randomUUID() },
  })
  for await (const _ of stream) continue
}

test('a new store gets all tables; making them again changes nothing', async () => {
  const describe = () =>
    ask<{ name: string }>(
      'select name, create_table_query from system.tables where database = currentDatabase() order by name',
    )
  await createAnalyticalTables(engine.client, ANALYTICAL_TABLES)
  const made = await describe()
  expect(made.map(({ name }) => name)).toEqual([...TABLES].sort())
  await createAnalyticalTables(engine.client, ANALYTICAL_TABLES)
  expect(await describe()).toEqual(made)
})

test('tables of the version before are brought up, and keep their rows', async () => {
  await command(`create table event (workspace UInt32, fragment UInt64, time DateTime64(3, 'UTC'), position UInt64, raw String)
    engine = MergeTree order by (workspace, fragment, time, position)`)
  await command("insert into event values (1, 2, 3, 4, '{}')")
  await command(`create table profile_map (workspace UInt32, fragment UInt64, profile UInt64, position UInt64)
    engine = ReplacingMergeTree(position) order by (workspace, fragment)`)
  await command('insert into profile_map values (1, 2, 5, 10)')
  await command('insert into profile_map values (1, 2, 6, 20), (1, 3, 6, 20)')
  for (let start = 0; start < 2; start++) await createAnalyticalTables(engine.client, ANALYTICAL_TABLES)
  expect(await ask('select position, num, text, flag, list from event')).toEqual([
    { position: 4, num: {}, text: {}, flag: {}, list: {} },
  ])
  await command('insert into profile_map values (1, 2, 7, 30)')
  await command('optimize table profile_map final')
  expect(
    await ask('select fragment, profile, position from profile_map order by fragment, position'),
  ).toEqual([
    { fragment: 2, profile: 6, position: 20 },
    { fragment: 2, profile: 7, position: 30 },
    { fragment: 3, profile: 6, position: 20 },
  ])
  const names = await ask<{ name: string }>(
    'select name from system.tables where database = currentDatabase()',
  )
  expect(names).toHaveLength(TABLES.length)
})

test('rows of every table come back as they were written, also when they are written twice', async () => {
  await createAnalyticalTables(engine.client, ANALYTICAL_TABLES)
  const map = new ProfileMapRows()
  map.add({ workspace: WORKSPACE, fragment: LARGE, profile: 2, position: LARGE - 1 })
  const identifiers = new IdentifierRows()
  identifiers.add({ workspace: WORKSPACE, namespace: 'crm é', fragment: 1, identifier: LARGE, position: 3 })
  const memberships = new MembershipRows()
  const change = {
    workspace: WORKSPACE,
    version: 3_000_000_000,
    profile: LARGE,
    position: 9,
    time: 1_700_000_000_123,
  }
  memberships.add({ ...change, entered: true })
  memberships.add({ ...change, position: 10, entered: false })
  const traits = new TraitRows()
  const values = [null, -1.5, 'a\n\nb', false, true, [1, 'x'], { a: { b: null } }, -0]
  for (const [position, value] of values.entries()) {
    const place = { fragment: 1, time: 4_102_444_799_999, position }
    traits.add({ workspace: WORKSPACE, name: 'plan', ...place, value, isOnce: position === 3 })
  }
  for (let times = 0; times < 2; times++) {
    await insert(`profile_map ${PROFILE_MAP_COLUMNS}`, map.finish())
    await insert(`identifier ${IDENTIFIER_COLUMNS}`, identifiers.finish())
    await insert(`membership ${MEMBERSHIP_COLUMNS}`, memberships.finish())
    await insert(`trait ${TRAIT_COLUMNS}`, traits.finish())
  }
  expect(await ask('select count() as rows from trait')).toEqual([{ rows: 2 * values.length }])
  for (const table of TABLES) await command(`optimize table ${table} final`)
  expect(await ask('select workspace, fragment, profile, position from profile_map')).toEqual([
    { workspace: WORKSPACE, fragment: LARGE, profile: 2, position: LARGE - 1 },
  ])
  expect(await ask('select workspace, namespace, fragment, identifier, position from identifier')).toEqual([
    { workspace: WORKSPACE, namespace: 'crm é', fragment: 1, identifier: LARGE, position: 3 },
  ])
  expect(
    await ask(
      'select workspace, version, profile, position, toUnixTimestamp64Milli(time) as time, entered from membership order by position',
    ),
  ).toEqual([
    { ...change, entered: 1 },
    { ...change, position: 10, entered: 0 },
  ])
  expect(
    await ask(
      'select name, toUnixTimestamp64Milli(time) as time, kind, num, text, json from trait order by position',
    ),
  ).toEqual(
    [
      { kind: 0 },
      { kind: 1, num: -1.5 },
      { kind: 2, text: 'a\n\nb' },
      { kind: 3 },
      { kind: 4 },
      { kind: 5, json: '[1,"x"]' },
      { kind: 6, json: '{"a":{"b":null}}' },
      { kind: 1 },
    ].map((row) => ({ name: 'plan', time: 4_102_444_799_999, num: 0, text: '', json: '', ...row })),
  )
})
