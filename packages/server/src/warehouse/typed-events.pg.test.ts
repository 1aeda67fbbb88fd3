import { setTimeout as pause } from 'node:timers/promises'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { FRAGMENT_TRAITS_MAX } from '@affluent/protocol/limits'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
beforeEach(async () => {
  server = await startTestServer()
})
afterEach(() => server?.stop())

const START = Date.UTC(2026, 9, 1)

function at(minute: number): string {
  return new Date(START + minute * 60_000).toISOString()
}

const AWKWARD: JsonObject = {
  price: 50.0,
  tiny: 5e-324,
  minus: -0,
  large: 1e300,
  long: 12345678901234568,
  currency: 'EUR',
  empty: '',
  lines: 'a\n\nb\t\\ "q" \'; drop table event',
  emoji: '🎉 é 漢',
  whole: 'x'.repeat(20_000),
  gift: true,
  used: false,
  nothing: null,
  tags: ['a', 50, 50.5, true, null, 'é"\\'],
  none: [],
  address: { city: 'Lyon', 'post.code': '69001', deep: { er: 1 } },
  'a.b': 1,
  'c\\d': 2,
  'e[]': 3,
  items: [{ sku: 'A', price: 10 }, { sku: 'B', sizes: [1, 2] }, 7],
}

const FLAT = {
  num: {
    price: 50,
    tiny: 5e-324,
    minus: 0,
    large: 1e300,
    long: 12345678901234568,
    'address.deep.er': 1,
    'a\\.b': 1,
    'c\\\\d': 2,
    'e\\[]': 3,
  },
  text: {
    currency: 'EUR',
    empty: '',
    lines: AWKWARD['lines'],
    emoji: '🎉 é 漢',
    whole: AWKWARD['whole'],
    'address.city': 'Lyon',
    'address.post\\.code': '69001',
  },
  flag: { gift: true, used: false },
  list: {
    tags: ['"a"', '50', '50.5', 'true', '"é\\"\\\\"'],
    none: [],
    items: ['7'],
    'items[].sku': ['"A"', '"B"'],
    'items[].price': ['10'],
    'items[].sizes[]': ['1', '2'],
  },
}

test('properties of an event are in ClickHouse by path and type', async () => {
  const user = { userId: 'ada', timestamp: at(0) }
  await server.sendAll([
    { ...user, type: 'track', event: 'Tried', messageId: 'track', properties: AWKWARD },
    { ...user, type: 'page', name: 'Home', messageId: 'page', properties: { path: '/' } },
    { ...user, type: 'screen', name: 'Home', messageId: 'screen', properties: { path: '/' } },
    { ...user, type: 'identify', messageId: 'identify', traits: { plan: 'pro' } },
    { ...user, type: 'group', groupId: 'acme', messageId: 'group', traits: { size: 3 } },
    { ...user, type: 'track', event: 'Bare', messageId: 'bare' },
  ])
  await server.settle()
  const rows = await server.askClickHouse<{ message_id: string }>(
    'select message_id, num, text, flag, list from event order by message_id',
  )
  const byId = Object.fromEntries(rows.map(({ message_id, ...typed }) => [message_id, typed]))
  const none = { num: {}, text: {}, flag: {}, list: {} }
  const path = { ...none, text: { path: '/' } }
  expect(byId).toEqual({ track: FLAT, page: path, screen: path, identify: none, group: none, bare: none })
})

test('traits, identifiers and merges are the same in both stores, when blocks come again and after restarts', async () => {
  const crowd: JsonObject = {}
  for (let number = 0; number < FRAGMENT_TRAITS_MAX; number++) crowd[`t${number}`] = number
  const events: JsonObject[] = [
    // full, and over it in a later event; what is known may still change
    { type: 'identify', userId: 'full', traits: crowd, timestamp: at(1) },
    { type: 'identify', userId: 'full', traits: { over: 1, t1: 'changed', t2: null }, timestamp: at(2) },
    // late: it changes nothing
    { type: 'identify', userId: 'full', traits: { t1: 'late' }, timestamp: at(0) },
    // nobody's: no identifier that links
    { type: 'identify', userId: 'undefined', traits: { plan: 'lost' }, timestamp: at(0) },
    { type: 'track', event: 'Tried', userId: 'ada', properties: { plan: 'property' }, timestamp: at(0) },
  ]
  for (let person = 0; person < 60; person++) {
    const anonymousId = `browser-${person}`
    const userId = `u${person % 20}`
    events.push(
      {
        type: 'identify',
        anonymousId,
        traits: { plan: `p${person}`, on: true, off: false },
        timestamp: at(person),
      },
      {
        type: 'identify',
        userId,
        traits: { list: [person, 'x'], object: { person } },
        timestamp: at(60 - person),
      },
      {
        type: 'identify',
        userId,
        anonymousId,
        traits: { on: person % 3 === 0 ? null : person },
        timestamp: at(30),
      },
    )
  }
  const messages = events.map((event, index) => ({ messageId: `m${index}`, ...event }))
  await server.sendAll(messages.slice(0, 50))
  await server.settle()

  await holdLoader()
  await server.sendAll(messages.slice(50, 120))
  await untilRepeated()
  await server.halt()
  await server.start()
  // copies of both sides of the halt
  await server.sendAll([...messages.slice(120), ...messages.slice(40, 60)])
  await untilRepeated()
  await releaseLoader()

  const counts = await server.settle()
  expect(counts).toMatchObject({ stored: messages.length, duplicates: 20 })
  expect(
    await server.askClickHouse('select count() as rows, uniqExact(position) as positions from event'),
  ).toEqual([{ rows: messages.length, positions: messages.length }])
  await compareStores('')
  await compareStores('final')
})

test('the map as of a position stays what it was', async () => {
  await server.sendAll([
    { type: 'identify', userId: 'ada', anonymousId: 'first' },
    { type: 'page', anonymousId: 'second' },
  ])
  await server.settle()
  const before = await profilesAsOf(Number.MAX_SAFE_INTEGER)
  const position = await server.sendAll([{ type: 'identify', userId: 'ada', anonymousId: 'second' }])
  await server.settle()
  const [fragment, other] = await fragments()
  expect(before).toEqual(new Map())
  expect(await profilesAsOf(position - 1)).toEqual(new Map())
  expect(await profilesAsOf(position)).toEqual(new Map([[other?.id, fragment?.id]]))
})

/** Lets blocks be inserted but not marked: each comes again, second after second. */
async function holdLoader(): Promise<void> {
  await server.database.query(
    `create function refuse_mark() returns trigger language plpgsql as $$ begin raise 'held by a test'; end $$`,
  )
  await server.database.query(
    'create trigger hold before update of loaded on load_cursor for each row execute function refuse_mark()',
  )
}

async function releaseLoader(): Promise<void> {
  await server.database.query('drop trigger hold on load_cursor')
}

async function untilRepeated(): Promise<void> {
  const held = () => server.log.filter(({ event }) => event === 'load_waits').length
  const begun = held()
  while (held() < begun + 2) await pause(50)
}

async function fragments(): Promise<
  { id: number; profile: number; traits: Record<string, [Json, number, number]> }[]
> {
  const { rows } = await server.database.query<{
    id: number
    profile: number
    traits: Record<string, [Json, number, number]>
  }>("select id, profile, state::json -> 't' as traits from fragment where workspace_id = 1 order by id")
  return rows
}

async function profilesAsOf(position: number): Promise<Map<number, number>> {
  const rows = await server.askClickHouse<{ fragment: number; profile: number }>(
    `select fragment, argMax(profile, position) as profile from profile_map where position <= ${position} group by fragment`,
  )
  return new Map(rows.map(({ fragment, profile }) => [fragment, profile]))
}

/** @param final '' asks as conditions do, without relying on merges of parts; `final` as if all were merged */
async function compareStores(final: '' | 'final'): Promise<void> {
  const kept = await fragments()
  const profiles = await profilesAsOf(Number.MAX_SAFE_INTEGER)
  for (const { id, profile } of kept) expect(profiles.get(id) ?? id).toBe(profile)

  const traits = await server.askClickHouse<{
    fragment: number
    name: string
    newest: [time: number, position: number, kind: number, num: number, text: string, json: string]
  }>(
    `select fragment, name, argMax((toUnixTimestamp64Milli(time), position, kind, num, text, json), (time, position)) as newest
     from trait ${final} group by fragment, name`,
  )
  const found = traits.map(({ fragment, name, newest: [time, position, ...value] }) => ({
    fragment,
    name,
    newest: [valueOf(...value), time, position],
  }))
  const expected = kept.flatMap(({ id, traits }) =>
    Object.entries(traits).map(([name, newest]) => ({ fragment: id, name, newest: newest.slice(0, 3) })),
  )
  expect(sorted(found)).toEqual(sorted(expected))
  expect(expected.length).toBeGreaterThan(FRAGMENT_TRAITS_MAX)

  const identifiers = await server.askClickHouse(
    `select distinct namespace, identifier, fragment from identifier ${final}`,
  )
  const { rows: owners } = await server.database.query(
    'select namespace, id as identifier, owner as fragment from identifier where workspace_id = 1 and owner <> 0',
  )
  expect(sorted(identifiers)).toEqual(sorted(owners))
}

function valueOf(kind: number, num: number, text: string, json: string): Json {
  return [null, num, text, false, true, json, json].map((value, index) =>
    index >= 5 && json !== '' ? (JSON.parse(json) as Json) : value,
  )[kind] as Json
}

function sorted(rows: readonly unknown[]): unknown[] {
  return [...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))
}
