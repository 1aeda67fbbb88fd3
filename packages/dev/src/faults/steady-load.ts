import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { httpCall } from './http-call.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface SteadyLoadOptions {
  readonly port: number
  readonly writeKey: string
  readonly random: SeededRandom
  /** events */
  readonly perSecond: number
  readonly people: number
}

const SENDERS = 4
const TICK_MS = 100
const ANSWER_MS_MAX = 10_000
const RETRY_MS_MAX = 50
const END_MS_MAX = 120_000
/** of the events: the person's plan changes, and with it who is in the audience */
const IDENTIFY_SHARE = 0.05
const FILLER = 'x'.repeat(200)

/**
 * Clients that send events at an even rate. Each person is one client's, which sends the next batch when the last was
 * answered with 200: so the log holds the events of a person in the order of their numbers.
 */
export class SteadyLoad {
  /** time of the answer by messageId, milliseconds since the start of this process */
  readonly acknowledged = new Map<string, number>()
  /** people who have the plan that makes them members, after all that was acknowledged */
  readonly members = new Set<string>()
  /** how often each person's plan has changed */
  readonly changes = new Map<string, number>()
  /** start of the latest request that was answered with 200 */
  lastAnsweredStart = 0
  requests = 0
  tries = 0
  readonly #options: SteadyLoadOptions
  readonly #agent = new Agent({ keepAlive: true })
  readonly #numbers = new Map<string, number>()
  #running: Promise<void>[] = []
  #isStopping = false
  #giveUpAt = Number.POSITIVE_INFINITY

  constructor(options: SteadyLoadOptions) {
    this.#options = options
  }

  start(): void {
    for (let sender = 0; sender < SENDERS; sender++) {
      const sending = this.#send(sender, this.#options.random.fork())
      // told by finish()
      sending.catch(() => undefined)
      this.#running.push(sending)
    }
  }

  /** Ends when everything that was sent is acknowledged. @throws when that takes too long */
  async finish(): Promise<void> {
    this.#isStopping = true
    this.#giveUpAt = performance.now() + END_MS_MAX
    await Promise.all(this.#running)
  }

  async abandon(): Promise<void> {
    this.#isStopping = true
    this.#giveUpAt = 0
    await Promise.allSettled(this.#running)
    this.#agent.destroy()
  }

  async #send(sender: number, random: SeededRandom): Promise<void> {
    const { perSecond } = this.#options
    const size = Math.max(1, Math.round((perSecond * TICK_MS) / 1_000 / SENDERS))
    let next = performance.now() + (sender * TICK_MS) / SENDERS
    while (!this.#isStopping) {
      await pause(Math.max(0, next - performance.now()))
      // what could not be sent while nothing was taken is not made up for
      next = Math.max(next + TICK_MS, performance.now())
      const batch = Array.from({ length: size }, () => this.#event(sender, random))
      await this.#sendUntilTaken(batch, random)
    }
  }

  /** Some people do a lot, most do little. */
  #event(sender: number, random: SeededRandom): { messageId: string; json: string } {
    const { people } = this.#options
    const rank = Math.floor((people / SENDERS) * random.next() ** 3) * SENDERS + sender
    const userId = `p${rank}`
    const number = (this.#numbers.get(userId) ?? 0) + 1
    this.#numbers.set(userId, number)
    const messageId = `${userId}-${number}`
    if (!random.chance(IDENTIFY_SHARE)) {
      const properties = { step: number, filler: FILLER }
      return {
        messageId,
        json: JSON.stringify({ type: 'track', event: 'Step Done', userId, messageId, properties }),
      }
    }
    const isMember = !this.members.has(userId)
    if (isMember) this.members.add(userId)
    else this.members.delete(userId)
    this.changes.set(userId, (this.changes.get(userId) ?? 0) + 1)
    const traits = { plan: isMember ? 'pro' : 'free' }
    return { messageId, json: JSON.stringify({ type: 'identify', userId, messageId, traits }) }
  }

  async #sendUntilTaken(
    events: readonly { readonly messageId: string; readonly json: string }[],
    random: SeededRandom,
  ): Promise<void> {
    const { port, writeKey } = this.#options
    const body = `{"batch":[${events.map(({ json }) => json).join(',')}]}`
    const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
    const headers = { authorization, 'content-type': 'application/json' }
    this.requests++
    for (;;) {
      const startedAt = performance.now()
      this.tries++
      const call = { port, agent: this.#agent, method: 'POST', path: '/v1/batch', headers, body }
      const answer = await httpCall({ ...call, timeoutMs: ANSWER_MS_MAX }).catch(() => undefined)
      if (answer?.status === 200) {
        if (answer.body.includes('"rejected"'))
          throw new Error(`The load sent what is refused: ${answer.body}`)
        const now = performance.now()
        this.lastAnsweredStart = Math.max(this.lastAnsweredStart, startedAt)
        for (const { messageId } of events) this.acknowledged.set(messageId, now)
        return
      }
      if (performance.now() > this.#giveUpAt) throw new Error('A request was never taken.')
      await pause(random.between(5, RETRY_MS_MAX))
    }
  }
}

/** Whose event it is. */
export function personOf(messageId: string): string {
  return messageId.slice(0, messageId.indexOf('-'))
}

/** Which one of that person's events, from 1. */
export function numberOf(messageId: string): number {
  return Number(messageId.slice(messageId.indexOf('-') + 1))
}
