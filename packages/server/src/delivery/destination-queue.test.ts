import { formatDeliveryId } from '@affluent/core/delivery/delivery-id'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { OutgoingAnswer } from '../platform/outgoing/outgoing-client.ts'
import { SecretBox } from '../platform/secrets/secret-box.ts'
import type { QueueTarget } from './delivery-queue-store.ts'
import { DestinationQueue, type DestinationQueueOptions } from './destination-queue.ts'
import type { QueuedDelivery, QueueState, Settled } from './queued-delivery.ts'

const KEY = [1, 2, 3, 4] as const
const BOX = new SecretBox([new Uint8Array(32)])
const TARGET: QueueTarget = {
  destination: {
    ...{ id: 1, workspace: 1, kind: 'webhook', name: 'Hook', settings: { url: 'https://public.example' } },
    secrets: BOX.seal({ secret: 'c2VjcmV0' }, 'destination 1 of workspace 1'),
    ...{ enabled: true, stoppedBecause: null, createdAt: new Date(0), changedAt: new Date(0) },
  },
  isSandbox: false,
  profileIdKey: KEY,
  rules: {} as QueueTarget['rules'],
  payloads: new Map(),
}

const PAUSED: QueueTarget = { ...TARGET, destination: { ...TARGET.destination, enabled: false } }
const PAUSE_TURNS = 7

interface Waiting {
  readonly tries: number
  nextAt: number | undefined
}

/** What PostgreSQL holds for one queue, in memory, by the same rules. */
class Tables {
  readonly queued: QueuedDelivery[] = []
  readonly ends = new Map<number, string>()
  readonly waits = new Map<number, Waiting>()
  doneTo = 0
  breaker: QueueState['breaker'] = { state: 'closed' }
  /** each call takes a moment, of which the next chance decides */
  readonly #chance: () => number
  /** how many calls more break off, before they do anything or before their answer */
  #breaks: number
  counted = 0
  #written: readonly Settled[] = []

  constructor(chance: () => number, breaks: number) {
    this.#chance = chance
    this.#breaks = breaks
  }

  async readState() {
    await this.#moment()
    const { doneTo, breaker } = this
    return {
      doneTo,
      breaker,
      restUntil: undefined,
      lastError: undefined,
      p95Ms: undefined,
      waiting: this.waits.size,
    }
  }

  async takeNew(_: number, after: number, limit: number) {
    await this.#moment()
    const page = this.queued.filter(({ number }) => number > after).slice(0, limit)
    const open = page.filter(({ number }) => !this.ends.has(number) && !this.waits.has(number))
    return {
      rows: open.map((row) => ({
        ...row,
        waits: this.#holds(row.profile) ? ('behind' as const) : ('no' as const),
      })),
      last: page.at(-1)?.number,
      isFull: page.length === limit,
    }
  }

  async takeDue(
    _: number,
    now: number,
    limit: number,
    without: readonly number[],
  ): Promise<QueuedDelivery[]> {
    await this.#moment()
    const due = [...this.waits].filter(([number, { nextAt }]) => {
      return nextAt !== undefined && nextAt <= now && !without.includes(number)
    })
    due.sort(([, a], [, b]) => (a.nextAt ?? 0) - (b.nextAt ?? 0))
    const heads = due.slice(0, limit).map(([number]) => number)
    const behind = heads.flatMap((head) => {
      const line = [...this.waits].filter(
        ([number, { nextAt }]) =>
          nextAt === undefined &&
          number > head &&
          this.#row(number).profile === this.#row(head).profile &&
          this.#row(head).profile !== 0 &&
          !without.includes(number),
      )
      const numbers = line.map(([number]) => number).sort((a, b) => a - b)
      return numbers.slice(0, 2)
    })
    const seen = [...heads, ...behind].map(
      (number) =>
        ({ ...this.#row(number), tries: this.waits.get(number)?.tries ?? 0, waits: 'itself' }) as const,
    )
    await this.#moment()
    this.#break()
    return seen
  }

  async nextDue(_: number, without: readonly number[]): Promise<number | undefined> {
    await this.#moment()
    const moments = [...this.waits].flatMap(([number, { nextAt }]) => {
      return nextAt === undefined || without.includes(number) ? [] : [nextAt]
    })
    return moments.length === 0 ? undefined : Math.min(...moments)
  }

  async wakeOrphans(_: number, now: number): Promise<void> {
    for (const number of this.waits.keys()) this.#promote(this.#row(number).profile, now)
  }

  async hurry(_: number, now: number): Promise<void> {
    for (const wait of this.waits.values())
      if (wait.nextAt !== undefined) wait.nextAt = Math.min(wait.nextAt, now)
  }

  async settle(
    _: number,
    settled: readonly Settled[],
    state: QueueState,
    { now, isRepeat }: { readonly now: number; readonly isRepeat: boolean },
  ): Promise<void> {
    await this.#moment()
    this.#break()
    if (isRepeat && this.#written === settled) return
    this.#written = settled
    this.doneTo = Math.max(this.doneTo, state.doneTo)
    this.breaker = state.breaker
    const behind: number[] = []
    for (const { delivery, outcome, attempt } of settled) {
      const { number, tries, profile } = delivery
      if (outcome.kind === 'wait') {
        this.waits.set(number, { tries: tries + (attempt === undefined ? 0 : 1), nextAt: outcome.nextAt })
        if (outcome.nextAt === undefined) behind.push(profile)
        continue
      }
      if (this.ends.has(number)) throw new Error(`Delivery ${number} ended twice.`)
      this.ends.set(number, outcome.status)
      this.counted++
      if (this.waits.delete(number)) this.#promote(profile, now)
    }
    for (const profile of behind) this.#promote(profile, now)
    this.#break()
  }

  async stop(): Promise<void> {}

  async identifiersOf() {
    return new Map()
  }

  #promote(profile: number, now: number): void {
    const [first] = [...this.waits.keys()]
      .filter((number) => this.#row(number).profile === profile)
      .sort((a, b) => a - b)
    const wait = first === undefined ? undefined : this.waits.get(first)
    if (wait !== undefined) wait.nextAt ??= now
  }

  #holds(profile: number): boolean {
    return profile !== 0 && [...this.waits.keys()].some((number) => this.#row(number).profile === profile)
  }

  #row(number: number): QueuedDelivery {
    return this.queued[number - 1] as QueuedDelivery
  }

  #break(): void {
    if (this.#breaks === 0 || this.#chance() > 0.3) return
    this.#breaks--
    throw new Error('The connection broke.')
  }

  async #moment(): Promise<void> {
    for (let turns = Math.floor(this.#chance() * 4); turns > 0; turns--) await new Promise(setImmediate)
  }
}

const life = fc.record({
  profiles: fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 60 }),
  /** how often each delivery fails before it is taken; 99: it is refused for good */
  failures: fc.array(fc.constantFrom(0, 0, 0, 0, 1, 2, 3, 99), { minLength: 60, maxLength: 60 }),
  /** after how many sends the process ends, each time */
  ends: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 3 }),
  /** how many are queued at first; the others come one by one while it sends */
  first: fc.integer({ min: 0, max: 60 }),
  /** when a member pauses it, for a moment: turns of the event loop */
  pauses: fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { maxLength: 4 }),
  /** how often PostgreSQL breaks off */
  breaks: fc.constantFrom(0, 0, 3, 10),
  chances: fc.infiniteStream(fc.double({ min: 0, max: 0.999, noNaN: true })),
})

test('whatever fails, breaks off, is paused or ends, each delivery ends once, in the order of its profile', async () => {
  await fc.assert(
    fc.asyncProperty(life, async ({ profiles, failures, ends, first, pauses, breaks, chances }) => {
      const chance = () => chances.next().value as number
      const tables = new Tables(chance, breaks)
      const tries = new Map<number, number>()
      const taken: number[] = []
      const numbers = new Map(profiles.map((_, index) => [formatDeliveryId(index + 1, KEY), index + 1]))
      const enqueue = () => {
        const number = tables.queued.length + 1
        if (number > profiles.length) return
        tables.queued.push(queuedOf(number, profiles[number - 1] as number))
      }
      for (let count = 0; count < first; count++) enqueue()
      let sends = 0
      for (let process = 0; tables.ends.size < profiles.length; process++) {
        const stopAfter = ends[process] ?? Number.POSITIVE_INFINITY
        const ending = new AbortController()
        let isDead = false
        const client = {
          send: async (request: { headers: Readonly<Record<string, string>> }): Promise<OutgoingAnswer> => {
            for (let turns = Math.floor(chance() * 6); turns > 0; turns--) await new Promise(setImmediate)
            const number = numbers.get(request.headers['webhook-id'] as string) as number
            const made = (tries.get(number) ?? 0) + 1
            tries.set(number, made)
            enqueue()
            queue.wake()
            if (++sends >= stopAfter) {
              isDead = true
              ending.abort()
            }
            const fails = failures[number - 1] as number
            const status = fails === 99 ? 400 : made > fails ? 200 : 500
            if (status !== 500) taken.push(number)
            return {
              ms: 1,
              status,
              headers: {},
              body: '',
              truncated: false,
              isPrivate: false,
              error: undefined,
            }
          },
        }
        // a process that is killed writes nothing down any more
        const store = new Proxy(tables, {
          get(target, name) {
            const value = Reflect.get(target, name, target) as unknown
            if (name !== 'settle') return typeof value === 'function' ? value.bind(target) : value
            return (...given: Parameters<Tables['settle']>) =>
              isDead ? Promise.resolve() : target.settle(...given)
          },
        })
        const queue = new DestinationQueue({
          ...{
            store: store as unknown as DestinationQueueOptions['store'],
            target: TARGET,
            box: BOX,
            client,
          },
          log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
          ...{ now: Date.now, random: () => 0.5, pace: { waits: 0, probeMs: 1 } },
        })
        sends = 0
        const running = queue.run(ending.signal)
        if (tables.queued.length === 0) enqueue()
        queue.wake()
        for (let turn = 0; !ending.signal.aborted && tables.ends.size < profiles.length; turn++) {
          await new Promise(setImmediate)
          if (pauses.includes(turn)) queue.update(PAUSED)
          else if (pauses.includes(turn - PAUSE_TURNS)) queue.update(TARGET)
          if (tables.ends.size === tables.queued.length) {
            enqueue()
            queue.wake()
          }
        }
        ending.abort()
        await running
      }
      for (const [number, status] of tables.ends)
        expect(status).toBe((failures[number - 1] as number) === 99 ? 'failed' : 'delivered')
      expect(tables.waits.size).toBe(0)
      expect(tables.counted).toBe(profiles.length)
      // what was out when a process ended goes out once more; beside that the order of each profile holds
      for (let profile = 1; profile <= 4; profile++) {
        const order = taken.filter((number) => profiles[number - 1] === profile)
        const firsts = [...new Set(order)]
        expect(firsts).toEqual([...firsts].sort((a, b) => a - b))
      }
      if (ends.length === 0) expect(taken).toHaveLength(profiles.length)
    }),
    { numRuns: 300 },
  )
}, 60_000)

function queuedOf(number: number, profile: number): QueuedDelivery {
  return {
    ...{ number, day: '2026-11-22', connection: 1, profile, eventName: 'E', createdAt: new Date(0) },
    ...{
      audience: null,
      traits: null,
      held: null,
      since: null,
      mergedInto: null,
      body: '{}',
      tries: 0,
      isReplayed: false,
      waits: 'no',
    },
  }
}
