import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import { DELIVERIES_UNWRITTEN_MAX } from '@affluent/protocol/limits'
import { checkDeliveries } from './check-deliveries.ts'
import { FakeReceiver, TEMPERS } from './fake-receiver.ts'
import { describeTimes, type FaultResult, type FaultRun } from './fault-run.ts'
import { killPostgres } from './kill-postgres.ts'
import { killNow } from './process-list.ts'
import { readDeliveries } from './read-deliveries.ts'
import { findStores } from './read-kept.ts'
import { freePort, ServerUnderTest, WRITE_KEY } from './server-under-test.ts'
import { SteadyLoad } from './steady-load.ts'

export interface DeliveriesOptions {
  /** how long the bad receivers are bad */
  readonly badSeconds: number
  readonly kills: number
}

const PER_SECOND = 200
const PEOPLE = 3_000
const LAG_MS_MAX = 5_000
const RSS_MIB_MAX = 600
/** from when events are taken again until what was queued is expected to flow */
const AFTER_KILL_MS = 5_000
const TAKING_MS_MAX = 60_000
const BEFORE_MS = 3_000
const AFTER_MS = 5_000
const DRAIN_KILL_MS = 1_500
const POLL_MS = 100
const SAY_MS = 15_000
const RSS_MS = 1_000
const AUDIENCE = 'pro'
const SHORT_SECONDS = 120

/** Whether a run with so long a bad time needs QUICK_PACE. */
export function isShort(badSeconds: number): boolean {
  return badSeconds < SHORT_SECONDS
}

/**
 * Seven destinations, of which some hang, fail, ask for rest, close, refuse or are slow for a while (F20 to F27, L09),
 * with kill -9 in between. The good ones must not feel it, and in the end every destination has every event once, in
 * the order of each person.
 */
export async function deliveriesLoop(run: FaultRun, options: DeliveriesOptions): Promise<FaultResult> {
  const retryAfter = isShort(options.badSeconds) ? 2 : 10
  const receivers: FakeReceiver[] = []
  for (const temper of TEMPERS) receivers.push(await FakeReceiver.start(temper, retryAfter))
  run.onEnd(() => Promise.all(receivers.map((receiver) => receiver.stop())))
  const loop = new DeliveriesLoop(run, options, await freePort(), receivers)
  try {
    return await loop.run()
  } finally {
    await loop.end()
  }
}

class DeliveriesLoop {
  readonly #run: FaultRun
  readonly #options: DeliveriesOptions
  readonly #port: number
  readonly #receivers: readonly FakeReceiver[]
  readonly #load: SteadyLoad
  readonly #destinations = new Map<FakeReceiver, string>()
  /** from a kill until what is queued is expected to flow again */
  readonly #disturbed: { from: number; to: number }[] = []
  readonly #takingMs: number[] = []
  readonly #rss: number[] = []
  readonly #faults: string[] = []
  #kills = 0
  #isOver = false
  #server: ServerUnderTest

  constructor(run: FaultRun, options: DeliveriesOptions, port: number, receivers: readonly FakeReceiver[]) {
    this.#run = run
    this.#options = options
    this.#port = port
    this.#receivers = receivers
    this.#load = new SteadyLoad({
      ...{ port, writeKey: WRITE_KEY, random: run.random.fork(), perSecond: PER_SECOND, people: PEOPLE },
    })
    this.#server = this.#start()
    run.onEnd(() => this.#server.killTree())
  }

  async run(): Promise<FaultResult> {
    const { say } = this.#run
    await this.#server.ready()
    await this.#connect()
    const watching = this.#watchMemory()
    this.#load.start()
    await pause(BEFORE_MS)
    const badFrom = performance.now()
    for (const receiver of this.#receivers) receiver.isBad = true
    await this.#killMeanwhile(badFrom + this.#options.badSeconds * 1_000)
    for (const receiver of this.#receivers) receiver.isBad = false
    const badTo = performance.now()
    say(`the bad ones are good again: ${await this.#describeQueues()}`)
    await pause(DRAIN_KILL_MS)
    if (this.#options.kills > 0) await this.#kill('ours')
    await pause(AFTER_MS)
    await this.#load.finish()
    const drainSeconds = await this.#waitForRest(badTo)
    await this.#check()
    this.#isOver = true
    await watching
    return { faults: this.#faults, figures: this.#figures(badFrom, badTo, drainSeconds) }
  }

  async end(): Promise<void> {
    this.#isOver = true
    await this.#load.abandon()
    await this.#server.killTree()
  }

  #start(): ServerUnderTest {
    const { program, folder } = this.#run
    const env = { AFFLUENT_ALLOWED_PRIVATE_NETWORKS: '127.0.0.0/8' }
    return new ServerUnderTest({ program, dataDir: `${folder}/data`, port: this.#port, env })
  }

  async #connect(): Promise<void> {
    const condition = { trait: 'plan', op: 'equals', value: 'pro' }
    const server = this.#server
    await server.change('POST', '/v1/audiences', {
      ...{ key: AUDIENCE, name: 'Pro', condition, population: 'known' },
    })
    await waitUntil(async () => {
      const { body } = await server.get(`/v1/audiences/${AUDIENCE}`)
      return /"status":"live"/.test(body)
    }, 'the audience is not live')
    for (const receiver of this.#receivers) {
      const { destination } = await server.change<{ destination: { id: string } }>(
        'POST',
        '/v1/destinations',
        { type: 'webhook', name: receiver.temper, settings: { url: receiver.url } },
      )
      this.#destinations.set(receiver, destination.id)
      const from = [{ source: '*' }, ...(receiver.temper === 'good' ? [{ audience: AUDIENCE }] : [])]
      for (const each of from)
        await server.change('POST', '/v1/connections', { from: each, destination: destination.id })
    }
  }

  /** The kills, spread over the second half of the bad time; the first half is quiet. */
  async #killMeanwhile(until: number): Promise<void> {
    const { random } = this.#run
    const { badSeconds, kills } = this.#options
    const apart = (badSeconds * 500) / Math.max(1, kills)
    let turn: ('tree' | 'ours' | 'postgres')[] = []
    for (let kill = 0; kill < kills; kill++) {
      if (turn.length === 0) turn = random.shuffle(['tree', 'ours', 'postgres'])
      await pause(Math.max(0, until - (kills - kill) * apart - performance.now()))
      await this.#kill(turn.pop() as 'tree' | 'ours' | 'postgres')
    }
    await pause(Math.max(0, until - performance.now()))
  }

  async #kill(victim: 'tree' | 'ours' | 'postgres'): Promise<void> {
    const { random, say } = this.#run
    const from = performance.now()
    let how: string = victim === 'tree' ? 'the tree' : 'ours alone'
    if (victim === 'postgres') {
      const part = random.pick(['postmaster', 'all', 'backend'] as const)
      how = await killPostgres(part, await this.#server.processes(), random.next())
    } else {
      if (victim === 'tree') await this.#server.killTree()
      else {
        const { ours } = await this.#server.processes()
        if (ours !== undefined) killNow(ours)
        await this.#server.ended
      }
      this.#server = this.#start()
    }
    this.#kills++
    const ms = await this.#waitUntilTaking(from)
    this.#disturbed.push({ from, to: from + ms + AFTER_KILL_MS })
    this.#takingMs.push(ms)
    say(
      `kill ${this.#kills}: ${how}; taking again after ${Math.round(ms)} ms; ${this.#load.acknowledged.size} events`,
    )
  }

  async #waitUntilTaking(from: number): Promise<number> {
    while (this.#load.lastAnsweredStart <= from || !(await this.#server.isReady())) {
      const server = this.#server
      if (server.hasEnded) throw new Error(`The server ended by itself:\n${server.lastLines()}`)
      if (performance.now() - from > TAKING_MS_MAX)
        throw new Error(`Nothing is taken ${TAKING_MS_MAX / 1000} s after the kill:\n${server.lastLines()}`)
      await pause(POLL_MS)
    }
    return performance.now() - from
  }

  /** Until nothing is queued any more. @returns seconds since the bad ones are good again */
  async #waitForRest(badTo: number): Promise<number> {
    const deadline = badTo + (isShort(this.#options.badSeconds) ? 180_000 : 1_200_000)
    let saidAt = performance.now()
    for (;;) {
      const counts = await this.#pipeline()
      const isProcessed = counts.processed === counts.accepted && counts.loaded === counts.accepted
      if (isProcessed && counts.deliveries.queued === 0) return (performance.now() - badTo) / 1_000
      if (performance.now() > deadline) {
        this.#faults.push(`no rest: ${JSON.stringify(counts)}; ${await this.#describeQueues()}`)
        return (performance.now() - badTo) / 1_000
      }
      if (performance.now() - saidAt > SAY_MS) {
        saidAt = performance.now()
        this.#run.say(`still queued: ${await this.#describeQueues()}`)
      }
      await pause(POLL_MS)
    }
  }

  async #check(): Promise<void> {
    const { acknowledged, changes } = this.#load
    const health = await this.#health()
    const stores = await findStores(this.#server.options.dataDir)
    const numbers = [...this.#destinations.values()].map(numberIn)
    const kept = await readDeliveries(stores, numbers)
    const events = new Set(acknowledged.keys())
    const sums = { delivered: 0, failed: 0 }
    for (const [receiver, id] of this.#destinations) {
      const queue = kept.get(numberIn(id))
      const own = health.find((destination) => destination.id === id)?.health
      if (queue === undefined || own === undefined) throw new Error(`${id} is gone.`)
      for (const { ended } of queue.deliveries) if (ended === 'delivered' || ended === 'failed') sums[ended]++
      const expected = {
        events,
        changes: receiver.temper === 'good' ? changes : undefined,
        repeatsMax: DELIVERIES_UNWRITTEN_MAX * this.#kills,
      }
      this.#faults.push(...checkDeliveries(receiver.temper, queue, receiver, expected, own))
    }
    const { accepted, duplicates, deliveries } = await this.#pipeline()
    if (accepted - duplicates !== events.size)
      this.#faults.push(
        `${accepted} accepted less ${duplicates} copies are not the ${events.size} acknowledged`,
      )
    for (const status of ['delivered', 'failed'] as const)
      if (deliveries[status] !== sums[status])
        this.#faults.push(`/v1/pipeline counts ${deliveries[status]} ${status}, the rows ${sums[status]}`)
    if (deliveries.held + deliveries.cancelled > 0) this.#faults.push('something was held or cancelled')
  }

  /**
   * How long after its acknowledgement each event came, in milliseconds; what a kill had its hand in counts from when
   * all should flow again.
   */
  #lags(receiver: FakeReceiver, from: number, to: number): { quiet: number[]; disturbed: number[] } {
    const quiet: number[] = []
    const disturbed: number[] = []
    for (const [messageId, at] of this.#load.acknowledged) {
      const came = receiver.cameAt.get(messageId)
      if (at < from || at > to || came === undefined) continue
      const windows = this.#disturbed.filter((window) => at < window.to && came > window.from)
      if (windows.length === 0) quiet.push(Math.max(0, came - at))
      else disturbed.push(Math.max(0, came - Math.max(...windows.map((window) => window.to))))
    }
    return { quiet, disturbed }
  }

  #figures(badFrom: number, badTo: number, drainSeconds: number): string {
    const { acknowledged, requests, tries } = this.#load
    const lines: string[] = []
    for (const receiver of this.#receivers.filter(
      ({ temper }) => temper === 'good' || temper === 'refuses',
    )) {
      const { quiet, disturbed } = this.#lags(receiver, badFrom, badTo)
      const after = this.#lags(receiver, badTo, Number.POSITIVE_INFINITY)
      lines.push(
        `${receiver.temper} ${describeLags(quiet)} while others are bad, ${describeLags(after.quiet)} while they catch up`,
      )
      for (const lag of [...quiet, ...disturbed])
        if (lag > LAG_MS_MAX) {
          const worst = Math.round(Math.max(...quiet, ...disturbed))
          this.#faults.push(
            `${receiver.temper}: an event came ${worst} ms after it was acknowledged, or after a restart`,
          )
          break
        }
      if (quiet.length === 0) this.#faults.push(`${receiver.temper}: no lag was measured`)
    }
    const most = Math.max(...this.#rss)
    if (most > RSS_MIB_MAX)
      this.#faults.push(`the server's process took ${most} MiB, more than ${RSS_MIB_MAX}`)
    const repeats = this.#receivers.map(({ temper, repeated }) => `${temper} ${repeated.length}`).join(', ')
    return [
      `${acknowledged.size} events, ${this.#kills} kills, ${tries - requests} requests repeated`,
      `lag: ${lines.join('; ')}`,
      `all caught up after ${Math.round(drainSeconds)} s`,
      `taken twice: ${repeats}`,
      `memory of ours ${this.#rss[0]} MiB at first, at most ${most}, ${this.#rss.at(-1)} at the end`,
      `taking again: ${describeTimes(this.#takingMs)}`,
    ].join('; ')
  }

  async #watchMemory(): Promise<void> {
    while (!this.#isOver) {
      const { ours } = await this.#server.processes()
      const status = ours === undefined ? '' : await readFile(`/proc/${ours}/status`, 'utf8').catch(() => '')
      const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]
      if (kibibytes !== undefined) this.#rss.push(Math.round(Number(kibibytes) / 1024))
      await pause(RSS_MS)
    }
  }

  async #describeQueues(): Promise<string> {
    const health = await this.#health().catch(() => [])
    return health
      .map(({ name, health: { queued, breaker, state } }) => `${name} ${queued} (${state}, ${breaker})`)
      .join(', ')
  }

  async #health(): Promise<DestinationAnswer[]> {
    const { status, body } = await this.#server.get('/v1/destinations')
    if (status !== 200) throw new Error(`Destinations cannot be read: ${body.slice(0, 200)}`)
    return (JSON.parse(body) as { destinations: DestinationAnswer[] }).destinations
  }

  async #pipeline(): Promise<PipelineAnswer> {
    const { status, body } = await this.#server.get('/v1/pipeline')
    if (status !== 200) throw new Error(`The counts cannot be read: ${body.slice(0, 200)}`)
    return JSON.parse(body) as PipelineAnswer
  }
}

function describeLags(lags: readonly number[]): string {
  if (lags.length === 0) return 'none'
  const sorted = [...lags].sort((a, b) => a - b)
  const at = (share: number) => Math.round(sorted[Math.floor((sorted.length - 1) * share)] as number)
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`
}

function numberIn(id: string): number {
  return Number(id.replace('dst_', ''))
}

async function waitUntil(holds: () => Promise<boolean>, otherwise: string): Promise<void> {
  const deadline = performance.now() + TAKING_MS_MAX
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${otherwise} within ${TAKING_MS_MAX / 1000} s.`)
    await pause(POLL_MS)
  }
}
