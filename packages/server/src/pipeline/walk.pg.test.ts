import { checkEvent } from '@affluent/core/event/check-event'
import { scanJson } from '@affluent/core/event/scan-json'
import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import { type Simulation, simulate } from '@affluent/core/identity/simulate'
import type { LedgerAnswerEntry } from '@affluent/protocol/api'
import type { JsonObject } from '@affluent/protocol/event'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
afterEach(() => server.stop())

const LIVES = 40
const START = Date.UTC(2026, 9, 1)
const HOUR = 3_600_000

/** One event of a life, with its identifiers by number: they become values of that life alone. */
const step = fc.record({
  user: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  anonymous: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  email: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 2 }),
  card: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 2 }),
  previous: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 12 }),
  plan: fc.option(fc.constantFrom('free', 'pro', null), { nil: undefined }),
  hour: fc.integer({ min: 0, max: 300 }),
})
const lives = fc.array(fc.array(step, { minLength: 1, maxLength: 25 }), {
  minLength: LIVES,
  maxLength: LIVES,
})

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

function toEvent(life: number, index: number, said: Step): JsonObject {
  const name = (kind: string, number: number) => `life${life}-${kind}${number}`
  const event: JsonObject = {
    messageId: `life-${life}-${index}`,
    timestamp: new Date(START + said.hour * HOUR).toISOString(),
    context:
      said.card === undefined ? {} : { externalIds: [{ type: 'loyalty_card', id: name('card', said.card) }] },
  }
  if (said.user !== undefined) event['userId'] = name('user', said.user)
  if (said.anonymous !== undefined) event['anonymousId'] = name('anonymous', said.anonymous)
  if (said.user === undefined && said.anonymous === undefined) event['anonymousId'] = name('anonymous', 1)
  if (said.previous !== undefined && said.user !== undefined) {
    return { ...event, type: 'alias', previousId: name('user', said.previous) }
  }
  const traits: JsonObject = {}
  if (said.plan !== undefined) traits['plan'] = said.plan
  if (said.email !== undefined) traits['email'] = `${name('mail', said.email)}@example.com`
  return { ...event, type: 'identify', traits }
}

function modelOf(events: readonly JsonObject[]): Simulation {
  const checked = events.map((event) => {
    const scan = scanJson(Buffer.from(JSON.stringify(event)))
    if (scan.kind !== 'scanned') throw new Error('too deep')
    const request = { receivedAt: Date.now(), sentAt: undefined, shared: undefined }
    const check = checkEvent(event, scan.whole, request, undefined)
    if (check.kind !== 'accepted') throw new Error(check.refusal.message)
    return check.event
  })
  return simulate(DEFAULT_IDENTITY_RULES, checked)
}

test.each([
  { title: 'with everything in the cache', cacheBytes: undefined },
  { title: 'with a cache that holds next to nothing', cacheBytes: { identifiers: 4_096, fragments: 8_192 } },
])(
  `${LIVES} lives through the real stores, with restarts, $title: the same people as in the model`,
  async ({ cacheBytes }) => {
    server = await startTestServer(cacheBytes === undefined ? {} : { cacheBytes })
    const seed = Number(process.env['FAST_CHECK_SEED'] ?? 1)
    const [told] = fc.sample(lives, { numRuns: 1, seed }) as [Step[][]]
    const histories = told.map((steps, life) => steps.map((said, index) => toEvent(life, index, said)))
    const mixed = interleave(histories)
    const sizes = fc.sample(fc.integer({ min: 1, max: 90 }), { numRuns: mixed.length, seed })
    await sendWithRestarts(mixed, sizes)
    const counts = await server.settle()
    expect(counts.stored).toBe(mixed.length)
    for (const history of histories) await compare(history)
  },
  120_000,
)

/** Sends batches of these sizes; now and then the server is ended and started again. */
async function sendWithRestarts(events: readonly JsonObject[], sizes: readonly number[]): Promise<void> {
  let sent = 0
  for (const [turn, size] of sizes.entries()) {
    if (sent >= events.length) return
    await server.sendAll(events.slice(sent, sent + size))
    sent += size
    if (turn % 7 !== 3) continue
    await server.halt()
    await server.start()
  }
}

async function compare(history: readonly JsonObject[]): Promise<void> {
  const model = modelOf(history)
  for (const expected of model.profiles) {
    const [first] = expected.identifiers
    if (first === undefined) throw new Error('a profile without identifiers')
    const found = await server.profile(first.namespace, first.value)
    expect(found).toBeDefined()
    expect(found?.kind).toBe(expected.kind)
    expect(found?.traits).toEqual(expected.traits)
    expect(found?.events).toBe(expected.events.length)
    expect(sorted(found?.identifiers ?? [])).toEqual(sorted(expected.identifiers))
    const events = await server.events(first.namespace, first.value)
    const ids = expected.events.map((index) => history[index]?.['messageId'])
    expect(new Set(events.map((event) => event['messageId']))).toEqual(new Set(ids))
    expect(events).toHaveLength(ids.length)
    const answer = await server.read(
      `/v1/profiles/${encodeURIComponent(`${first.namespace}:${first.value}`)}/ledger`,
    )
    const told = (answer.json['ledger'] as unknown as LedgerAnswerEntry[]).map(
      ({ kind, rule }) => `${kind} ${rule}`,
    )
    for (const line of told) expect(model.ledger.map(({ kind, rule }) => `${kind} ${rule}`)).toContain(line)
  }
}

function sorted(identifiers: readonly { namespace: string; value: string }[]): string[] {
  return identifiers.map(({ namespace, value }) => `${namespace}:${value}`).sort()
}

/** Events of all lives by turns, each life in its own order. */
function interleave(histories: readonly JsonObject[][]): JsonObject[] {
  const mixed: JsonObject[] = []
  const longest = Math.max(...histories.map((history) => history.length))
  for (let index = 0; index < longest; index++) {
    for (const history of histories) {
      const event = history[index]
      if (event !== undefined) mixed.push(event)
    }
  }
  return mixed
}
