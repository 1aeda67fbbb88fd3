import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { checkEvent } from '@affluent/core/event/check-event'
import { scanEvent } from '@affluent/core/event/scan-json'
import { extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import type { EventType, JsonObject } from '@affluent/protocol/event'
import { expect, test } from 'vitest'
import { DAY_MS } from './calendar.ts'
import { PRODUCTS } from './data/products.ts'
import { ROBOTS } from './data/user-agents.ts'
import { makeShop, type ShopOptions } from './make-shop.ts'
import { SHOP_SOURCES, type ShopRecord } from './shop-record.ts'

const END = Date.UTC(2026, 10, 21, 10)
const DEFAULT: ShopOptions = { seed: 1, people: 2_000, days: 90, endAt: END }
const SMALL: ShopOptions = { ...DEFAULT, people: 150, days: 30 }

// made once: what is true of it is asked of it many times
const RECORDS: readonly ShopRecord[] = [...makeShop(DEFAULT)]

const text = (options: ShopOptions) =>
  [...makeShop(options)].map((record) => JSON.stringify(record)).join('\n')

test('the same seed and size give the same bytes', () => {
  expect(text(SMALL)).toBe(text(SMALL))
})

test('another seed gives other people and other messageIds', () => {
  const ids = new Set([...makeShop(SMALL)].map(({ event }) => event['messageId']))
  const others = [...makeShop({ ...SMALL, seed: 2 })]
  expect(others.filter(({ event }) => ids.has(event['messageId'] as string))).toEqual([])
})

test('what comes later does not change what came before', () => {
  const short = text({ ...SMALL, days: 20, endAt: END - 10 * DAY_MS })
  expect(text(SMALL).startsWith(short)).toBe(true)
})

test('records come in the order in which they are sent, all before the end; only the app comes late, by less than a day', () => {
  const late = RECORDS.filter(({ planted }) => planted === 'late')
  expect(RECORDS.filter(({ at }, index) => at >= END || at < (RECORDS[index - 1]?.at ?? 0))).toEqual([])
  expect(late.filter(({ source }) => source !== 'app')).toEqual([])
  expect(late.filter((record) => lateness(record) <= 0 || lateness(record) >= DAY_MS)).toEqual([])
  expect(RECORDS.filter((record) => record.planted === undefined && lateness(record) !== 0)).toEqual([])
})

test('every event is what the collector takes, but for the planted ones, which it refuses under their code', () => {
  const request = { receivedAt: END, sentAt: undefined, shared: undefined }
  const refused = new Set<string>()
  const odd: unknown[] = []
  for (const { event, planted } of RECORDS) {
    const scanned = scanEvent(Buffer.from(JSON.stringify(event)))
    const check = checkEvent(event, scanned, request, undefined)
    const isBad = planted !== undefined && planted.includes('_') && planted !== 'message_id_conflict'
    if (check.kind === 'refused') refused.add(check.rejection.code)
    const said =
      check.kind === 'refused' ? check.rejection.code : check.event.warnings.length > 0 ? 'junk' : undefined
    if (isBad || planted === 'junk' ? said !== planted : said !== undefined)
      odd.push({ said, planted, event })
  }
  expect(odd).toEqual([])
  expect(refused.size).toBeGreaterThan(8)
})

test('a messageId is of one event, except that copies and planted conflicts repeat one', () => {
  const seen = new Map<unknown, JsonObject>()
  const odd: unknown[] = []
  for (const { event, planted } of RECORDS) {
    const before = seen.get(event['messageId'])
    const wanted = planted === 'copy' ? event : undefined
    if (planted === 'message_id_conflict') expect(before).toMatchObject({ event: 'Product Viewed' })
    else if (JSON.stringify(before) !== JSON.stringify(wanted)) odd.push(event)
    seen.set(event['messageId'], event)
  }
  expect(odd).toEqual([])
})

test('the default shop is of the promised size, with something of everything', () => {
  const counts = new Map<string, number>()
  const add = (key: string) => counts.set(key, (counts.get(key) ?? 0) + 1)
  let all = 0
  for (const { source, planted, event, truth } of RECORDS) {
    all++
    add(`source ${source}`)
    add(`planted ${planted ?? 'nothing'}`)
    add(`type ${String(event['type'])}`)
    if (typeof event['event'] === 'string') add(event['event'])
    if (truth === null) add('nobody')
    const { userAgent, campaign } = (event['context'] ?? {}) as {
      userAgent?: string
      campaign?: JsonObject
    } & JsonObject
    if (event['type'] === 'page') add(ROBOTS.includes(userAgent ?? '') ? 'robot page' : 'page')
    if (campaign !== undefined) add(`campaign ${String(campaign['medium'])}`)
    const { currency } = (event['properties'] ?? {}) as JsonObject
    if (event['event'] === 'Order Completed') add(`currency ${String(currency)}`)
  }
  const share = (key: string, of = all) => (counts.get(key) ?? 0) / of
  expect(all).toBeGreaterThan(55_000)
  expect(all).toBeLessThan(67_000)
  const bounds: Record<(typeof SHOP_SOURCES)[number], [number, number]> = {
    ...{ web: [0.55, 0.8], app: [0.08, 0.2], tills: [0.04, 0.1] },
    ...{ crm: [0.01, 0.04], helpdesk: [0.005, 0.03], email: [0.05, 0.14] },
  }
  for (const source of SHOP_SOURCES) {
    const [low, high] = bounds[source]
    expect(share(`source ${source}`), source).toBeGreaterThan(low)
    expect(share(`source ${source}`), source).toBeLessThan(high)
  }
  expect(share('planted copy')).toBeCloseTo(0.01, 2)
  expect(share('planted late')).toBeGreaterThan(0.002)
  expect(share('robot page', counts.get('page'))).toBeGreaterThan(0.01)
  expect(share('robot page', counts.get('page'))).toBeLessThan(0.04)
  const refused = [...counts]
    .filter(([key]) => /^planted \w+_/.test(key))
    .reduce((sum, [, count]) => sum + count, 0)
  expect(refused).toBeGreaterThan(15)
  expect(refused).toBeLessThan(25)
  const names = [
    ...[
      'Product Viewed',
      'Product Added',
      'Cart Viewed',
      'Checkout Started',
      'Order Completed',
      'Order Refunded',
    ],
    ...[
      'Signed Up',
      'Signed In',
      'Consent Given',
      'Consent Withdrawn',
      'Email Sent',
      'Email Opened',
      'Email Clicked',
    ],
    ...['Ticket Opened', 'Ticket Solved', 'Newsletter Subscribed', 'Application Opened', 'Products Searched'],
    ...[
      'type identify',
      'type page',
      'type screen',
      'type group',
      'type alias',
      'campaign cpc',
      'campaign email',
    ],
    ...[
      'currency EUR',
      'currency CHF',
      'currency GBP',
      'currency USD',
      'planted junk',
      'planted message_id_conflict',
    ],
  ]
  expect(names.filter((name) => !counts.has(name))).toEqual([])
})

test('orders add up to the cent', () => {
  const ids = new Set(PRODUCTS.map(({ id }) => id))
  expect(ids.size).toBe(PRODUCTS.length)
  const odd: unknown[] = []
  for (const { event } of RECORDS) {
    if (event['event'] !== 'Order Completed' || !isObject(event['properties'])) continue
    const { products, revenue, discount, shipping, total } = event['properties']
    // the planted one without an id is no order
    if (revenue === undefined) continue
    const lines = products as { product_id: string; price: number; quantity: number }[]
    const sum = lines.reduce((cents, { price, quantity }) => cents + Math.round(price * 100) * quantity, 0)
    const isRight =
      Math.round((Number(revenue) + Number(discount)) * 100) === sum &&
      Math.round((Number(revenue) + Number(shipping)) * 100) === Math.round(Number(total) * 100) &&
      lines.every((line) => ids.has(line.product_id))
    if (!isRight) odd.push(event)
  }
  expect(odd).toEqual([])
})

test('the truth stands beside every record of a person, never in its event, and no identifier of a person is given to a stranger by chance', () => {
  const owners = new Map<string, Set<number>>()
  expect(RECORDS.filter(({ event }) => 'truth' in event)).toEqual([])
  expect(RECORDS.filter(({ truth }) => truth !== null && !(truth >= 0 && truth < DEFAULT.people))).toEqual([])
  for (const { truth, event } of RECORDS) {
    if (truth === null) continue
    for (const { namespace, value } of extractIdentifiers(event['type'] as EventType, event, 'FR')
      .identifiers) {
      const key = `${namespace}:${value}`
      const known = owners.get(key)
      if (known === undefined) owners.set(key, new Set([truth]))
      else known.add(truth)
    }
  }
  const shared = [...owners].filter(([, people]) => people.size > 1)
  // only people who live together share one: a tablet, a mailbox, a card
  for (const [key, people] of shared) {
    expect(new Set([...people].map((person) => person >> 1)).size, key).toBe(1)
    expect(key).toMatch(/^(anonymous_id|email|loyalty_card):/)
  }
  expect(shared.length).toBeGreaterThan(5)
})

test('people differ in zeal as they do everywhere: a few do much, most do little', () => {
  const counts = new Map<number, number>()
  for (const { truth } of makeShop(DEFAULT))
    if (truth !== null) counts.set(truth, (counts.get(truth) ?? 0) + 1)
  const sorted = [...counts.values()].sort((a, b) => b - a)
  const total = sorted.reduce((sum, count) => sum + count, 0)
  const top = sorted.slice(0, sorted.length / 10).reduce((sum, count) => sum + count, 0)
  expect(top / total).toBeGreaterThan(0.3)
  expect(top / total).toBeLessThan(0.7)
  expect(sorted[sorted.length >> 1]).toBeLessThan(40)
})

test('a shop of a hundred thousand people is streamed in flat memory', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
  const options = { ...DEFAULT, people: 100_000, days: 6 }
  const before = heap()
  const held: number[] = []
  let day = 0
  let count = 0
  let last: ShopRecord | undefined
  for (const record of makeShop(options)) {
    count++
    last = record
    const today = Math.floor(record.at / DAY_MS)
    if (today === day) continue
    day = today
    held.push(heap() - before)
  }
  expect(last).toBeDefined()
  expect(count).toBeGreaterThan(150_000)
  // one day's visits and what orders and letters bring in the weeks after
  expect(Math.max(...held)).toBeLessThan(30)
})

function lateness({ at, event }: ShopRecord): number {
  return at - Date.parse(event['timestamp'] as string)
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
