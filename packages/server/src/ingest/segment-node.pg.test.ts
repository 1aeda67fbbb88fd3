import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { promisify } from 'node:util'
import type { JsonObject } from '@affluent/protocol/event'
import { Analytics } from '@segment/analytics-node'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type Append, LogOverloaded } from '../log/event-log.ts'
import { createHttpServer, type HttpServer } from '../platform/http/http-server.ts'
import { unlimited } from '../platform/http/rate-limits.ts'
import type { Registry } from '../platform/workspace/registry.ts'
import { recordLog, startTestServer, type TestServer } from '../testing/test-server.ts'
import { bareCollector } from './testing/bare-collector.ts'

// where a child process finds the library
const PACKAGE = resolve(import.meta.dirname, '../..')
const HOUR_MS = 3_600_000

describe("Segment's library for Node, unchanged", () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer()
  })
  afterAll(() => server?.stop())

  test('its six calls arrive with type, content and time', async () => {
    const analytics = new Analytics({ writeKey: server.keys.writeKey, host: server.url, flushAt: 20 })
    const errors: unknown[] = []
    analytics.on('error', (error) => errors.push(error))
    const userId = 'segment-user'
    const timestamp = new Date(Date.now() - 60_000)
    analytics.identify({
      userId,
      anonymousId: 'segment-visitor',
      traits: { email: 'segment@example.com', plan: 'pro' },
    })
    analytics.track({
      userId,
      event: 'Order Completed',
      properties: { revenue: 42.5, items: [{ sku: 'a' }] },
      timestamp,
    })
    analytics.page({ userId, category: 'Shop', name: 'Home', properties: { path: '/' } })
    analytics.screen({ userId, name: 'Start' })
    analytics.group({ userId, groupId: 'acme', traits: { size: 3 } })
    analytics.alias({ userId, previousId: 'segment-before' })
    await analytics.flush({ timeout: 5_000 })
    analytics.track({ anonymousId: 'segment-visitor', event: 'Later' })
    await analytics.closeAndFlush({ timeout: 5_000 })
    expect(errors).toEqual([])

    expect(await server.settle()).toMatchObject({ accepted: 7, stored: 7, refused: 0 })
    const events = await server.events('user_id', userId)
    const types = events.map(({ type }) => type as string).sort((a, b) => a.localeCompare(b))
    expect(types).toEqual(['alias', 'group', 'identify', 'page', 'screen', 'track', 'track'])
    const order = events.find(({ event }) => event === 'Order Completed') as JsonObject
    expect(order['properties']).toEqual({ revenue: 42.5, items: [{ sku: 'a' }] })
    expect(order['context']).toMatchObject({ library: { name: '@segment/analytics-node' } })
    expect(order['messageId']).toMatch(/^node-next-/)
    expect(Math.abs(Date.parse(order['timestamp'] as string) - timestamp.getTime())).toBeLessThan(2_000)
    const profile = await server.profile('email', 'segment@example.com')
    expect(profile).toMatchObject({ kind: 'known', events: 7, traits: { plan: 'pro' } })
    const values = profile?.identifiers.map(({ namespace, value }) => `${namespace}:${value}`)
    expect(values).toEqual(
      expect.arrayContaining([
        'user_id:segment-user',
        'anonymous_id:segment-visitor',
        'anonymous_id:segment-before',
      ]),
    )
    expect(profile?.traits).not.toHaveProperty('size')
  })

  test.each([-HOUR_MS, HOUR_MS])(
    'a client whose clock is wrong by %d ms gets its times right',
    async (wrong) => {
      const userId = `clock-${wrong}`
      await runWithClock(wrong, server, userId)
      await server.settle()
      const events = await server.events('user_id', userId)
      const [now, earlier] = ['Now', 'Earlier'].map((name) => {
        const event = events.find((one) => one['event'] === name) as JsonObject
        return Date.parse(event['timestamp'] as string) - Date.now()
      })
      expect(Math.abs(now as number)).toBeLessThan(10_000)
      expect(Math.abs((earlier as number) + 10 * 60_000)).toBeLessThan(10_000)
    },
  )
})

/** Sends two events from a process whose clock is wrong. */
async function runWithClock(wrong: number, server: TestServer, userId: string): Promise<void> {
  const code = `
    const Right = Date
    globalThis.Date = class extends Right {
      constructor(...given) { given.length > 0 ? super(...given) : super(Right.now() + ${wrong}) }
      static now() { return Right.now() + ${wrong} }
    }
    const { Analytics } = await import('@segment/analytics-node')
    const analytics = new Analytics({ writeKey: '${server.keys.writeKey}', host: '${server.url}' })
    analytics.on('error', (error) => { console.error(error); process.exitCode = 1 })
    analytics.track({ userId: '${userId}', event: 'Now' })
    analytics.track({ userId: '${userId}', event: 'Earlier', timestamp: new Date(Date.now() - 10 * 60_000) })
    await analytics.closeAndFlush({ timeout: 5000 })`
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], { cwd: PACKAGE })
}

describe('its second tries', () => {
  const asked: JsonObject[] = []
  const kept: Append[] = []
  let http: HttpServer | undefined
  afterEach(async () => {
    await http?.app.close()
    asked.splice(0)
    kept.splice(0)
  })

  /** A collector whose log fails as told, once for each failure, and then keeps what it is given. */
  async function listen(failures: Error[]): Promise<string> {
    const source = { id: 1, workspace: 1, slug: 'app', name: 'App', kind: 'http', enabled: true }
    const registry = {
      sourceOfWriteKey: (key: string) => (key === 'wk_known' ? source : undefined),
      apiKey: () => undefined,
    }
    const collector = bareCollector({
      registry: registry as unknown as Registry,
      append: async (_, append) => {
        const failure = failures.shift()
        if (failure !== undefined) throw failure
        kept.push(append)
        return kept.length
      },
      limits: unlimited,
    })
    http = await createHttpServer(collector, recordLog([]))
    return http.app.listen({ port: 0, host: '127.0.0.1' })
  }

  async function trackOnce(host: string, writeKey: string): Promise<unknown[]> {
    const analytics = new Analytics({ writeKey, host, maxRetries: 3 })
    const errors: unknown[] = []
    analytics.on('error', (error) => errors.push(error))
    analytics.on('http_request', ({ headers, body }) =>
      asked.push({ headers: headers as JsonObject, body: body as string }),
    )
    analytics.track({ userId: 'a', event: 'Tried' })
    await analytics.closeAndFlush({ timeout: 20_000 })
    return errors
  }

  test('a 429 is tried again after Retry-After, and a 503 too; the event is kept once, under one messageId', async () => {
    const started = Date.now()
    const errors = await trackOnce(
      await listen([new LogOverloaded('behind'), new Error('no disk')]),
      'wk_known',
    )
    expect(errors).toEqual([])
    expect(Date.now() - started).toBeGreaterThanOrEqual(1_000)
    expect(asked.map(({ headers }) => (headers as JsonObject)['X-Retry-Count'])).toEqual([
      undefined,
      '1',
      '2',
    ])
    expect(kept.map(({ accepted }) => accepted.map(({ checked }) => checked.name))).toEqual([['Tried']])
    const ids = asked.map(
      ({ body }) => (JSON.parse(body as string) as { batch: { messageId: string }[] }).batch[0]?.messageId,
    )
    expect(new Set(ids).size).toBe(1)
    expect(kept[0]?.accepted[0]?.checked.messageId).toBe(ids[0])
  })

  test('a wrong key is told and not tried again', async () => {
    const errors = await trackOnce(await listen([]), 'wk_unknown')
    expect(errors).toHaveLength(1)
    expect(asked).toHaveLength(1)
    expect(kept).toEqual([])
  })
})
