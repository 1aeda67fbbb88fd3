import { checkEvent } from '@affluent/core/event/check-event'
import { scanEvent } from '@affluent/core/event/scan-json'
import { extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import { type KeyedIdentifier, keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import { DEFAULT_IDENTITY_RULES } from '@affluent/core/identity/namespaces'
import { IdentityWorld, type Outcome } from '@affluent/core/identity/testing/identity-world'
import { foldProfile } from '@affluent/core/profile/fold-profile'
import type { Identifier, JsonObject } from '@affluent/protocol/event'
import type { LedgerAnswerEntry } from '@affluent/protocol/ledger-entry'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { positionOf, startTestServer, type TestServer } from '../testing/test-server.ts'

let server: TestServer
afterEach(() => server.stop())

const LIVES = 40
const CHAPTERS = 5
/** batches and decisions between two restarts */
const RESTART_TURNS = 25
const START = Date.UTC(2026, 9, 1)
const HOUR = 3_600_000

/** One event of a life, with its identifiers by number: they become values of that life alone. */
const event = fc.record({
  user: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  anonymous: fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined }),
  email: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 2 }),
  card: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 2 }),
  previous: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined, freq: 12 }),
  plan: fc.option(fc.constantFrom('free', 'pro', null), { nil: undefined }),
  hour: fc.integer({ min: 0, max: 300 }),
})
const named = fc.oneof(
  fc.integer({ min: 1, max: 3 }).map((number) => ({ kind: 'user', number })),
  fc.integer({ min: 1, max: 4 }).map((number) => ({ kind: 'anonymous', number })),
  fc.integer({ min: 1, max: 3 }).map((number) => ({ kind: 'mail', number })),
  fc.integer({ min: 1, max: 3 }).map((number) => ({ kind: 'card', number })),
)
/** A reviewer's decision in a life. */
const decision = fc.record({
  kind: fc.constantFrom('unmerge' as const, 'unmerge_by' as const, 'cannot-link' as const, 'link' as const),
  a: named,
  b: named,
  pick: fc.nat(20),
})
/** Events, then a moment in which a reviewer decides. */
const chapter = fc.record({
  events: fc.array(event, { maxLength: 6 }),
  decisions: fc.array(decision, { maxLength: 2 }),
})
const lives = fc.array(fc.array(chapter, { minLength: CHAPTERS, maxLength: CHAPTERS }), {
  minLength: LIVES,
  maxLength: LIVES,
})

type Generated<T> = T extends fc.Arbitrary<infer U> ? U : never
type Chapter = Generated<typeof chapter>
type EventStep = Generated<typeof event>
type Decision = Generated<typeof decision>

function nameIn(life: number, kind: string, number: number): string {
  return `life${life}-${kind}${number}`
}

function identifierIn(life: number, { kind, number }: Generated<typeof named>): KeyedIdentifier {
  const name = nameIn(life, kind, number)
  switch (kind) {
    case 'user':
      return keyIdentifier('user_id', name)
    case 'anonymous':
      return keyIdentifier('anonymous_id', name)
    case 'mail':
      return keyIdentifier('email', `${name}@example.com`)
    default:
      return keyIdentifier('loyalty_card', name)
  }
}

function toEvent(life: number, index: number, said: EventStep): JsonObject {
  const name = (kind: string, number: number) => nameIn(life, kind, number)
  const json: JsonObject = {
    messageId: `life-${life}-${index}`,
    timestamp: new Date(START + said.hour * HOUR).toISOString(),
    context:
      said.card === undefined ? {} : { externalIds: [{ type: 'loyalty_card', id: name('card', said.card) }] },
  }
  if (said.user !== undefined) json['userId'] = name('user', said.user)
  if (said.anonymous !== undefined) json['anonymousId'] = name('anonymous', said.anonymous)
  if (said.user === undefined && said.anonymous === undefined) json['anonymousId'] = name('anonymous', 1)
  if (said.previous !== undefined && said.user !== undefined) {
    return { ...json, type: 'alias', previousId: name('user', said.previous) }
  }
  const traits: JsonObject = {}
  if (said.plan !== undefined) traits['plan'] = said.plan
  if (said.email !== undefined) traits['email'] = `${name('mail', said.email)}@example.com`
  return { ...json, type: 'identify', traits }
}

/** One life twice: as the model of `core` lives it, and as the server is told it. */
class Life {
  readonly world = new IdentityWorld(DEFAULT_IDENTITY_RULES)
  readonly number: number
  readonly messageIds: unknown[] = []

  constructor(number: number) {
    this.number = number
  }

  take(said: EventStep): JsonObject {
    const event = toEvent(this.number, this.messageIds.length, said)
    const scanned = scanEvent(Buffer.from(JSON.stringify(event)))
    const request = { receivedAt: Date.now(), sentAt: undefined, shared: undefined }
    const check = checkEvent(event, scanned, request, undefined)
    if (check.kind !== 'accepted') throw new Error(check.rejection.message)
    const { type, time, json } = check.event
    const traits = (type === 'identify' ? json['traits'] : undefined) as JsonObject | undefined
    this.world.take({ type, time, ...extractIdentifiers(type, json, null), traits: traits ?? {} })
    this.messageIds.push(event['messageId'])
    return event
  }

  /** The merges of the profile that has an identifier, also those that were undone, by the ledger, oldest first. */
  mergesOf(identifier: KeyedIdentifier): number[] {
    const profile = this.world.profileOf(identifier)
    const members = this.world.all().filter((fragment) => fragment.profile === profile)
    const ids = members.map(({ id }) => id)
    return this.world.ledger
      .filter(
        ({ kind, fragment, other }) => kind === 'merged' && (ids.includes(fragment) || ids.includes(other)),
      )
      .map(({ id }) => id)
  }
}

test.each([
  { title: 'with everything in the cache', cacheBytes: undefined },
  {
    title: 'with a cache that holds next to nothing',
    cacheBytes: { identifiers: 4_096, fragments: 8_192, hot: 2_048 },
  },
])(
  `${LIVES} lives through the real stores, with restarts, $title: the same people as in the model`,
  async ({ cacheBytes }) => {
    server = await startTestServer(cacheBytes === undefined ? {} : { cacheBytes })
    const seed = Number(process.env['FAST_CHECK_SEED'] ?? 1)
    const [told] = fc.sample(lives, { numRuns: 1, seed }) as [Chapter[][]]
    const sizes = fc.sample(fc.integer({ min: 1, max: 90 }), { numRuns: 1_000, seed })
    const people = told.map((_, number) => new Life(number))
    const teller = new Teller(sizes)
    for (let index = 0; index < CHAPTERS; index++) {
      const chapters = people.map((life) => ({ life, ...(told[life.number]?.[index] as Chapter) }))
      for (let turn = 0; turn < Math.max(...chapters.map(({ events }) => events.length)); turn++)
        for (const { life, events } of chapters) {
          const said = events[turn]
          if (said !== undefined) await teller.send(life.take(said))
        }
      await teller.flush()
      for (const { life, decisions } of chapters)
        for (const said of decisions) await teller.decide(life, said)
    }
    const counts = await server.settle()
    expect(counts.stored).toBe(people.reduce((sum, { messageIds }) => sum + messageIds.length, 0))
    for (const life of people) await compare(life, teller.position)
  },
  120_000,
)

/**
 * Tells the server: events in batches of these sizes, decisions in their place among them; now and then it is ended and
 * started again.
 */
class Teller {
  position = 0
  readonly #sizes: readonly number[]
  #turn = 0
  #waiting: JsonObject[] = []

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes
  }

  async send(event: JsonObject): Promise<void> {
    this.#waiting.push(event)
    if (this.#waiting.length >= (this.#sizes[this.#turn % this.#sizes.length] as number)) await this.flush()
  }

  async flush(): Promise<void> {
    if (this.#waiting.length > 0) this.position = await server.sendAll(this.#waiting)
    this.#waiting = []
    await this.#turnPage()
  }

  async #turnPage(): Promise<void> {
    if (this.#turn++ % RESTART_TURNS !== 3) return
    await server.halt()
    await server.start()
  }

  /** The server must take or refuse it as the model does. */
  async decide(life: Life, { kind, a, b, pick }: Decision): Promise<void> {
    const one = identifierIn(life.number, a)
    const other = identifierIn(life.number, b)
    await this.#turnPage()
    if (kind === 'unmerge') {
      const merges = life.mergesOf(one)
      if (merges.length === 0) return
      const found = (await ledgerOf(one, this.position)).filter((entry) => entry.kind === 'merged')
      expect(found).toHaveLength(merges.length)
      const at = pick % merges.length
      await this.#post('unmerge', { ledgerId: found[at]?.id }, life.world.unmerge(merges[at] as number))
    } else if (kind === 'unmerge_by') {
      await this.#post('unmerge', { identifier: plain(one) }, life.world.unmergeBy(one))
    } else {
      const outcome = kind === 'link' ? life.world.forceLink(one, other) : life.world.cannotLink(one, other)
      await this.#post(kind, { a: plain(one), b: plain(other) }, outcome)
    }
  }

  async #post(path: string, body: object, expected: Outcome): Promise<void> {
    const answer = await server.read(`/v1/identity/${path}?after=${this.position}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
    const profiles = answer.json['profiles'] as string[] | undefined
    const wanted = typeof expected === 'object' ? expected.after.length : undefined
    expect(profiles?.length, `${path} ${JSON.stringify(body)} ${answer.text}`).toBe(wanted)
    if (answer.status === 200) this.position = positionOf(answer)
  }
}

async function ledgerOf({ namespace, value }: Identifier, after: number): Promise<LedgerAnswerEntry[]> {
  const id = encodeURIComponent(`${namespace}:${value}`)
  const answer = await server.read(`/v1/profiles/${id}/ledger?after=${after}`)
  expect(answer.status).toBe(200)
  return answer.json['ledger'] as unknown as LedgerAnswerEntry[]
}

async function compare({ world, messageIds }: Life, after: number): Promise<void> {
  const valueOf = new Map([...world.identifiers.values()].map((known) => [known.id, known]))
  for (const profile of new Set(world.all().map((fragment) => fragment.profile))) {
    const members = world.all().filter((fragment) => fragment.profile === profile)
    const ids = members.map(({ id }) => id)
    const expected = foldProfile(members, world.rules)
    const identifiers = expected.identifiers.map(({ id }) => valueOf.get(id) as KeyedIdentifier)
    const [first] = identifiers
    if (first === undefined) throw new Error('a profile without identifiers')
    const found = await server.profile(first.namespace, first.value)
    expect(found).toBeDefined()
    expect(found?.kind).toBe(expected.kind)
    expect(found?.traits).toEqual(
      Object.fromEntries([...expected.traits].map(([name, trait]) => [name, trait.value])),
    )
    expect(found?.events).toBe(expected.events)
    expect(sorted(found?.identifiers ?? [])).toEqual(sorted(identifiers))
    const events = await server.events(first.namespace, first.value, { after })
    const own = messageIds.filter((_, index) => ids.includes(world.taken[index]?.fragment ?? 0))
    expect(new Set(events.map((event) => event['messageId']))).toEqual(new Set(own))
    expect(events).toHaveLength(own.length)
    const told = (await ledgerOf(first, after)).map(({ kind, rule }) => `${kind} ${rule}`)
    const entries = world.ledger.filter(
      ({ fragment, other }) => ids.includes(fragment) || ids.includes(other),
    )
    expect(told).toEqual(entries.map(({ kind, rule }) => `${kind} ${rule}`))
  }
}

function sorted(identifiers: readonly { namespace: string; value: string }[]): string[] {
  return identifiers.map(({ namespace, value }) => `${namespace}:${value}`).sort()
}

function plain({ namespace, value }: Identifier): Identifier {
  return { namespace, value }
}
