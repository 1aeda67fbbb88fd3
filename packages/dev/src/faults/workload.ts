import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { httpCall } from './http-call.ts'
import type { LoadHistory } from './load-history.ts'
import { type PlannedEvent, planConflict, planNobody, planPerson } from './person-script.ts'
import type { SeededRandom } from './seeded-random.ts'

export interface WorkloadOptions {
  /** the ports that take events, of one server or several; a worker goes to the next one after a failure */
  readonly ports: () => readonly number[]
  readonly writeKey: string
  readonly history: LoadHistory
  readonly random: SeededRandom
  readonly workers: number
  /** pause of a worker between two requests, in milliseconds */
  readonly pauseMs: number
  readonly answerTimeoutMs?: number
  /** makes names unique over several workloads */
  readonly prefix?: string
}

const RETRY_MS_MAX = 50
const PEOPLE_AT_ONCE = 12
const BATCH_MAX = 60
const CLEANUP_TRIES_MS = 180_000

/**
 * Clients that send lives of people, mixed into batches and single events, and repeat each request with the same bytes
 * until it is answered with 200.
 */
export class Workload {
  readonly #options: WorkloadOptions
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 })
  #running: Promise<void>[] = []
  #stopping = false
  #started = 0
  #giveUpAt = Number.POSITIVE_INFINITY

  constructor(options: WorkloadOptions) {
    this.#options = options
  }

  start(): void {
    this.#stopping = false
    this.#giveUpAt = Number.POSITIVE_INFINITY
    const { workers, random, prefix = '' } = this.#options
    const run = this.#started++
    for (let worker = 0; worker < workers; worker++) {
      this.#running.push(this.#work(`${prefix}w${worker}r${run}`, random.fork()))
    }
  }

  /**
   * Ends every life that was begun, all acknowledged, then stops.
   * @throws when the server does not take them within three minutes
   */
  async finish(): Promise<void> {
    this.#stopping = true
    this.#giveUpAt = performance.now() + CLEANUP_TRIES_MS
    const results = await Promise.allSettled(this.#running)
    this.#running = []
    const failed = results.find((result) => result.status === 'rejected')
    if (failed !== undefined) throw failed.reason
  }

  /** Gives up what is under way. */
  async abandon(): Promise<void> {
    this.#stopping = true
    this.#giveUpAt = 0
    await Promise.allSettled(this.#running)
    this.#running = []
    this.#agent.destroy()
  }

  async #work(name: string, random: SeededRandom): Promise<void> {
    const lives: PlannedEvent[][] = []
    const sent: PlannedEvent[] = []
    let number = 0
    while (!this.#stopping || lives.length > 0) {
      while (!this.#stopping && lives.length < PEOPLE_AT_ONCE)
        lives.push(this.#begin(`${name}p${number++}`, random))
      const events: PlannedEvent[] = []
      for (let size = random.chance(0.15) ? 1 : random.between(1, BATCH_MAX); size > 0; size--) {
        const event = this.#nextEvent(lives, sent, random, `${name}j${number++}`)
        if (event !== undefined) events.push(event)
      }
      if (events.length > 0) await this.#send(events)
      for (const event of events) if (event.person !== undefined && sent.length < 500) sent.push(event)
      if (sent.length >= 500) sent.splice(0, 250)
      if (this.#options.pauseMs > 0) await pause(random.between(0, this.#options.pauseMs * 2))
    }
  }

  #begin(userId: string, random: SeededRandom): PlannedEvent[] {
    const { person, events } = planPerson(userId, random)
    this.#options.history.people.set(userId, person)
    return events
  }

  /**
   * Mostly the next step of somebody's life; at times nobody's event, a copy, or a conflict with an event that was
   * acknowledged.
   */
  #nextEvent(
    lives: PlannedEvent[][],
    sent: readonly PlannedEvent[],
    random: SeededRandom,
    junkId: string,
  ): PlannedEvent | undefined {
    const { history } = this.#options
    if (!this.#stopping && random.chance(0.02)) return planNobody(junkId, random)
    if (!this.#stopping && sent.length > 0 && random.chance(0.02)) {
      history.copiesSent++
      return random.pick(sent)
    }
    if (!this.#stopping && sent.length > 0 && random.chance(0.003)) {
      const conflict = planConflict(random.pick(sent))
      history.conflicts.add(conflict.messageId)
      return conflict
    }
    if (lives.length === 0) return undefined
    const at = random.between(0, lives.length - 1)
    const life = lives[at] as PlannedEvent[]
    const event = life.shift()
    if (life.length === 0) lives.splice(at, 1)
    return event
  }

  async #send(events: readonly PlannedEvent[]): Promise<void> {
    const { history, ports, writeKey, random, answerTimeoutMs = 15_000 } = this.#options
    const single = events.length === 1 ? events[0] : undefined
    const path = single === undefined ? '/v1/batch' : `/v1/${single.type}`
    const body = single?.json ?? `{"batch":[${events.map(({ json }) => json).join(',')}]}`
    const authorization = `Basic ${Buffer.from(`${writeKey}:`).toString('base64')}`
    const headers = {
      authorization,
      'content-type': 'application/json',
      'content-length': String(Buffer.byteLength(body)),
    }
    history.noteSent(events)
    for (let attempt = random.between(0, 7); ; attempt++) {
      const all = ports()
      const port = all[attempt % all.length] as number
      const startedAt = performance.now()
      history.tries++
      const failure = await this.#try({ port, path, headers, body }, answerTimeoutMs)
      if (failure === undefined) return history.noteAnswered(events, startedAt)
      history.noteRejection(failure)
      if (performance.now() > this.#giveUpAt)
        throw new Error(`A request was never taken; last answer: ${failure}.`)
      await pause(random.between(5, RETRY_MS_MAX))
    }
  }

  /** Undefined when it was taken whole. */
  async #try(
    call: { port: number; path: string; headers: Record<string, string>; body: string },
    timeoutMs: number,
  ): Promise<string | undefined> {
    try {
      const { status, body } = await httpCall({ ...call, agent: this.#agent, method: 'POST', timeoutMs })
      if (status === 200 && !body.includes('"rejected"')) return undefined
      if (status === 200 || status === 400)
        throw new Error(`The load sent what the collector refuses: ${body.slice(0, 300)}`)
      return `${status} ${/"code":"([^"]*)"/.exec(body)?.[1] ?? ''}`.trim()
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      if (message.startsWith('The load sent')) throw error
      return code ?? message
    }
  }
}
