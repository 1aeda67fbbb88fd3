import type { OutgoingRequest } from '@affluent/connectors/destination-kind'
import { type WebhookSecrets, webhook } from '@affluent/connectors/destinations/webhook/webhook'
import { CircuitBreaker } from '@affluent/core/delivery/breaker'
import { formatDeliveryId } from '@affluent/core/delivery/delivery-id'
import { waitAfter } from '@affluent/core/delivery/retry-plan'
import { judge, type Verdict } from '@affluent/core/delivery/verdict'
import type { AttemptError } from '@affluent/protocol/attempt'
import type { Json } from '@affluent/protocol/event'
import {
  DELIVERIES_TAKEN_UP_MAX,
  DELIVERIES_UNWRITTEN_MAX,
  DELIVERIES_WAITING_MAX,
  DESTINATION_SOCKETS_MAX,
  REFUSED_ANSWER_CHARS_MAX,
} from '@affluent/protocol/limits'
import type { Log } from '../platform/observability/log.ts'
import type { OutgoingAnswer } from '../platform/outgoing/outgoing-client.ts'
import type { SecretBox } from '../platform/secrets/secret-box.ts'
import { type DeliveryQueueStore, QueueLost, type QueueTarget } from './delivery-queue-store.ts'
import { type DestinationRow, openSecrets } from './destination-store.ts'
import { makeMembershipBody } from './membership-body.ts'
import type { Attempt, Outcome, QueuedDelivery, Settled } from './queued-delivery.ts'

/** How quickly things go; tests make them quicker. */
export interface DeliveryPace {
  /** waits between tries, and for PostgreSQL, are multiplied by it */
  readonly waits: number
  /** how often an open circuit is tried, in milliseconds */
  readonly probeMs: number
}

export const USUAL_PACE: DeliveryPace = { waits: 1, probeMs: 60_000 }

/** What a queue needs. */
export interface DestinationQueueOptions {
  readonly store: DeliveryQueueStore
  readonly target: QueueTarget
  readonly box: SecretBox
  readonly client: { send(request: OutgoingRequest): Promise<OutgoingAnswer> }
  readonly log: Log
  readonly now: () => number
  /** 0 to 1 */
  readonly random: () => number
  readonly pace: DeliveryPace
}

const PAGE = 200
const READY_MIN = 40
const POLL_MS = 5_000
const ORPHANS_MS = 30_000
/** PostgreSQL is asked again after it. */
const FAILED_MS = 500
/** Those whose turn has come and whose profile has something out are looked at again after it. */
const DUE_MS = 20
const ANSWERS_REMEMBERED = 200
/** What has ended is written down together with what ends within so many milliseconds, or with so many others. */
const SETTLE_MS = 20
const SETTLED_TOGETHER = 25

/** Deliveries of one profile go out one after the other. */
interface Lane {
  /** those that go out after the one that is out, in their order */
  readonly waiting: QueuedDelivery[]
  /** taken up and not written down yet */
  open: number
  /** whether one of them is ready or out */
  isBusy: boolean
  /** an earlier one has to be tried again, or is: the others wait behind it in the table, in their order */
  isParked: boolean
}

/**
 * Stage 6 for one destination: takes up what is queued, a few at a time, sends it, and writes down what came of it.
 * What has failed waits in a table of its own and holds up only its profile; while the destination is out, nothing is
 * taken up and the queue stays on disk.
 */
export class DestinationQueue {
  readonly #options: DestinationQueueOptions
  #target: QueueTarget
  #opened: { readonly destination: DestinationRow; readonly secrets: WebhookSecrets } | undefined
  #breaker = new CircuitBreaker()
  #restUntil: number | undefined
  #lastError: string | undefined
  readonly #answersMs: number[] = []
  /** last number read, and those of them that are not written down yet, in order */
  #readTo = 0
  #window: number[] = []
  #doneTo = 0
  #waiting = 0
  readonly #ready: QueuedDelivery[] = []
  readonly #lanes = new Map<number, Lane>()
  readonly #taken = new Set<number>()
  /**
   * profiles of which something was put off while a page was on its way, which does not know of it; undefined: none is
   */
  #deferredMeanwhile: Set<number> | undefined
  #sending = 0
  #settled: Settled[] = []
  /** in the transaction under way */
  #writing = 0
  #settling: Promise<void> | undefined
  #settleTimer: NodeJS.Timeout | undefined
  #isSettleDue = false
  #hurries = false
  /** of those that wait, the next turn; undefined: of none */
  #nextDue: number | undefined
  #isDueKnown = false
  #mayBeMore = true
  #orphansAt = 0
  #wake: () => void = () => {}
  #isWoken = false
  #isCutOff = false
  #isStopped: boolean
  /** when the destination was last changed before we stopped it: only a later change starts it again */
  #stoppedAt: number | undefined
  #lost: Error | undefined

  constructor(options: DestinationQueueOptions) {
    this.#options = options
    this.#target = options.target
    this.#isStopped = isStopped(options.target)
  }

  /** The destination, its workspace or a mapping has changed. */
  update(target: QueueTarget): void {
    this.#target = target
    const stops = isStopped(target)
    // what was read before our own word was written does not know of it
    if (!stops && this.#stoppedAt !== undefined && target.destination.changedAt.getTime() <= this.#stoppedAt)
      return
    // a member has started it again
    if (this.#isStopped && !stops) {
      this.#breaker = new CircuitBreaker({ state: 'closed' }, this.#options.pace.probeMs)
      this.#restUntil = undefined
      this.#stoppedAt = undefined
    }
    this.#isStopped = stops
    if (stops) this.#giveUp()
    this.wake()
  }

  /** Something may be queued. */
  wake(): void {
    this.#mayBeMore = true
    this.#isDueKnown = false
    this.#isWoken = true
    this.#wake()
  }

  /**
   * Works until `signal` says stop; what is out then is waited for and written down.
   * @throws QueueLost when another process holds the workspace
   */
  async run(signal: AbortSignal): Promise<void> {
    const { store, pace } = this.#options
    const state = await store.readState(this.#id)
    this.#breaker = new CircuitBreaker(state.breaker, pace.probeMs)
    this.#restUntil = state.restUntil
    this.#lastError = state.lastError
    this.#doneTo = state.doneTo
    this.#readTo = state.doneTo
    this.#waiting = state.waiting
    const onAbort = () => this.#wake()
    signal.addEventListener('abort', onAbort)
    try {
      while (!signal.aborted && this.#lost === undefined) {
        await this.#readOrWait()
        this.#send()
        this.#settle()
        await this.#rest(signal)
      }
      while (
        (this.#sending > 0 || this.#settled.length > 0 || this.#settling !== undefined) &&
        this.#lost === undefined
      ) {
        this.#isSettleDue = true
        this.#settle()
        await this.#pause(POLL_MS)
      }
    } finally {
      clearTimeout(this.#settleTimer)
      signal.removeEventListener('abort', onAbort)
    }
    if (this.#lost !== undefined) throw this.#lost
  }

  get #id(): number {
    return this.#target.destination.id
  }

  /**
   * What was taken up and is not out is left to be read again: when it is started again, hours or days may have passed.
   */
  #giveUp(): void {
    for (const { number, profile } of this.#ready.splice(0)) {
      this.#taken.delete(number)
      const lane = this.#lanes.get(profile)
      if (lane === undefined) continue
      lane.isBusy = false
      lane.open--
    }
    for (const [profile, lane] of this.#lanes) {
      for (const { number } of lane.waiting.splice(0)) {
        this.#taken.delete(number)
        lane.open--
      }
      if (lane.open === 0) this.#lanes.delete(profile)
    }
    this.#readTo = this.#doneTo
    this.#window = []
  }

  /** Deliveries that are out, or whose end is not written down: they go out once more after a crash. */
  #unwritten(): number {
    return this.#sending + this.#settled.length + this.#writing
  }

  /** How many may be out now. */
  #room(): number {
    if (this.#unwritten() >= DELIVERIES_UNWRITTEN_MAX) return 0
    const now = this.#options.now()
    if (this.#isStopped || (this.#restUntil !== undefined && now < this.#restUntil)) return 0
    switch (this.#breaker.allows(now)) {
      case 'all':
        return DESTINATION_SOCKETS_MAX
      case 'one':
        return this.#sending === 0 ? 1 : 0
      default:
        return 0
    }
  }

  /** While PostgreSQL cannot be read, what was taken up stays, so that nothing of it is sent twice. */
  async #readOrWait(): Promise<void> {
    try {
      await this.#read()
      this.#isCutOff = false
    } catch (error) {
      if (!this.#isCutOff) this.#options.log.warn('queue_waits', { destination: this.#id, error })
      this.#isCutOff = true
      this.#mayBeMore = true
      this.#isDueKnown = false
      await this.#waitForDatabase()
    }
  }

  async #read(): Promise<void> {
    const { store, now } = this.#options
    if (this.#room() === 0) return
    if (this.#isStopped || this.#ready.length >= READY_MIN) return
    const at = now()
    if (at >= this.#orphansAt) {
      this.#orphansAt = at + ORPHANS_MS
      await store.wakeOrphans(this.#id, at)
      this.#waiting = (await store.readState(this.#id)).waiting
      this.#isDueKnown = false
    }
    if (!this.#isDueKnown || (this.#nextDue !== undefined && at >= this.#nextDue)) await this.#readDue(at)
    if (this.#mayTakeNew()) await this.#readNew()
  }

  #mayTakeNew(): boolean {
    return (
      this.#mayBeMore && this.#waiting < DELIVERIES_WAITING_MAX && this.#taken.size < DELIVERIES_TAKEN_UP_MAX
    )
  }

  async #readDue(at: number): Promise<void> {
    const { store } = this.#options
    const due = await store.takeDue(this.#id, at, PAGE, [...this.#taken])
    // of a profile that has something out now, the next look is early enough
    const fit = due.filter(({ profile }) => {
      const lane = this.#lanes.get(profile)
      return lane === undefined || (lane.isParked && !lane.isBusy)
    })
    this.#takeUp(await this.#makeBodies(fit))
    this.#isDueKnown = true
    this.#nextDue = await store.nextDue(this.#id, [...this.#taken])
  }

  async #readNew(): Promise<void> {
    this.#mayBeMore = false
    const putOff = new Set<number>()
    this.#deferredMeanwhile = putOff
    try {
      const readTo = this.#readTo
      const page = await this.#options.store.takeNew(this.#id, readTo, PAGE)
      const rows = await this.#makeBodies(page.rows.filter(({ number }) => !this.#taken.has(number)))
      // stopped meanwhile: all of it is read again
      if (this.#isStopped || this.#readTo !== readTo) return
      if (page.isFull) this.#mayBeMore = true
      if (page.last === undefined) return
      this.#readTo = page.last
      for (const { number } of page.rows) this.#window.push(number)
      this.#takeUp(rows.map((row) => (putOff.has(row.profile) ? { ...row, waits: 'behind' } : row)))
    } finally {
      this.#deferredMeanwhile = undefined
    }
  }

  #takeUp(rows: readonly QueuedDelivery[]): void {
    for (const delivery of rows) {
      this.#taken.add(delivery.number)
      const held = this.#target.isSandbox ? 'sandbox' : delivery.held
      if (held !== null) {
        this.#note(delivery, { kind: 'end', status: 'held', reason: held }, undefined)
        continue
      }
      if (delivery.profile === 0) {
        this.#ready.push(delivery)
        continue
      }
      const lane = this.#laneOf(delivery.profile)
      lane.open++
      if (delivery.waits === 'itself' || (delivery.waits === 'behind' && !lane.isBusy)) lane.isParked = true
      if (lane.isParked && delivery.waits !== 'itself') this.#putOff(delivery)
      else if (lane.isBusy) lane.waiting.push(delivery)
      else {
        // the one before, if any, has ended and is only not written down yet
        lane.isBusy = true
        this.#ready.push(delivery)
      }
    }
  }

  #laneOf(profile: number): Lane {
    let lane = this.#lanes.get(profile)
    if (lane === undefined)
      this.#lanes.set(profile, (lane = { waiting: [], open: 0, isBusy: false, isParked: false }))
    return lane
  }

  /** What a membership posts is made when it is taken up: whose it is then. */
  async #makeBodies(rows: readonly QueuedDelivery[]): Promise<QueuedDelivery[]> {
    const { store } = this.#options
    const bare = rows.filter(({ body }) => body === null)
    if (bare.length === 0) return [...rows]
    const { profileIdKey, rules, payloads } = this.#target
    const profiles = [...new Set(bare.map(({ profile }) => profile))]
    const people = await store.peopleOf(profiles, rules)
    return rows.map((row) => {
      if (row.body !== null) return row
      const { body, held = row.held } = makeMembershipBody(
        row,
        people.get(row.profile),
        payloads.get(row.connection),
        profileIdKey,
      )
      return { ...row, body, held }
    })
  }

  #send(): void {
    while (this.#ready.length > 0 && this.#sending < this.#room()) {
      const delivery = this.#ready.shift() as QueuedDelivery
      this.#sending++
      this.#breaker.probe()
      void this.#sendOne(delivery).finally(() => {
        this.#sending--
        this.#isWoken = true
        this.#wake()
      })
    }
  }

  async #sendOne(delivery: QueuedDelivery): Promise<void> {
    const { client, now } = this.#options
    const at = now()
    const request = this.#request(delivery, at)
    if (request === undefined) return
    const answer = await client.send(request)
    const verdict = this.#judge(answer)
    this.#answersMs.push(answer.ms)
    if (this.#answersMs.length > ANSWERS_REMEMBERED) this.#answersMs.shift()
    const said = describeAnswer(answer, verdict)
    if (said !== undefined) this.#lastError = said.message
    const attempt: Attempt = {
      ...{ at, ms: answer.ms, status: answer.status, error: said?.code, message: said?.message },
      ...{
        url: this.#target.destination.settings.url,
        requestHeaders: maskSignature(request.headers),
        body: request.body,
      },
      ...{ responseHeaders: answer.headers, ...keptBody(answer, verdict) },
    }
    this.#noteVerdict(delivery, verdict, attempt)
  }

  #request(delivery: QueuedDelivery, at: number): OutgoingRequest | undefined {
    const { destination, profileIdKey } = this.#target
    try {
      const secrets = this.#openSecrets(destination)
      const id = formatDeliveryId(delivery.number, profileIdKey)
      return webhook.request({ id, body: delivery.body ?? '' }, destination.settings, secrets, at)
    } catch (error) {
      this.#options.log.error('secret_not_opened', { destination: this.#id, error })
      this.#stop('unreadable_secret', false)
      this.#note(delivery, { kind: 'end', status: 'failed', reason: 'unreadable_secret' }, undefined)
      return undefined
    }
  }

  /** Opened once for as long as the destination stays as it is. */
  #openSecrets(destination: DestinationRow): WebhookSecrets {
    const { box } = this.#options
    if (this.#opened?.destination === destination) return this.#opened.secrets
    this.#opened = { destination, secrets: openSecrets(destination, box) }
    return this.#opened.secrets
  }

  #judge(answer: OutgoingAnswer): Verdict {
    // nothing may be sent there: somebody has to fix the address, or the name that leads there
    if (answer.error?.code === 'url_not_allowed') return { kind: 'stopped', reason: 'url_not_allowed' }
    return judge({ status: answer.status, retryAfter: answer.headers['retry-after'] }, this.#options.now())
  }

  #noteVerdict(delivery: QueuedDelivery, verdict: Verdict, attempt: Attempt): void {
    const { now, random, pace } = this.#options
    const at = now()
    const reason = attempt.error ?? null
    switch (verdict.kind) {
      case 'delivered':
        if (this.#breaker.succeeded(at)) this.#hurries = true
        this.#lastError = undefined
        return this.#note(delivery, { kind: 'end', status: 'delivered', reason: null }, attempt)
      case 'failed':
        // it answers, and says no to this one
        if (this.#breaker.succeeded(at)) this.#hurries = true
        return this.#note(delivery, { kind: 'end', status: 'failed', reason }, attempt)
      case 'stopped':
        this.#stop(verdict.reason, verdict.reason === 'gone')
        return this.#note(delivery, { kind: 'end', status: 'failed', reason }, attempt)
      case 'retry': {
        if (verdict.isOutage) this.#breaker.failed(at)
        else this.#breaker.succeeded(at)
        if (verdict.waitMs !== undefined)
          this.#restUntil = Math.max(this.#restUntil ?? 0, at + verdict.waitMs)
        const wait = waitAfter(delivery.tries + 1, random())
        if (wait === undefined)
          return this.#note(delivery, { kind: 'end', status: 'failed', reason }, attempt)
        const nextAt = at + Math.max(wait * pace.waits, verdict.waitMs ?? 0)
        return this.#note(delivery, { kind: 'wait', nextAt }, attempt)
      }
    }
  }

  #stop(because: string, isGone: boolean): void {
    const { store, log } = this.#options
    // what was out with the first one says the same
    if (this.#isStopped) return
    this.#isStopped = true
    this.#stoppedAt = this.#target.destination.changedAt.getTime()
    this.#giveUp()
    log.warn('destination_stopped', { destination: this.#id, because })
    store.stop(this.#id, because, isGone).catch((error: unknown) => {
      log.warn('destination_not_stopped', { destination: this.#id, error })
    })
  }

  #note(delivery: QueuedDelivery, outcome: Outcome, attempt: Attempt | undefined): void {
    this.#settled.push({ delivery, outcome, attempt, body: delivery.body })
    const lane = this.#lanes.get(delivery.profile)
    if (lane === undefined) return
    lane.isBusy = false
    if (outcome.kind === 'wait') {
      lane.isParked = true
      for (const behind of lane.waiting.splice(0)) this.#putOff(behind)
      return
    }
    const next = lane.waiting.shift()
    // before others: whoever has waited behind one has waited the longest
    if (next === undefined) return
    lane.isBusy = true
    this.#ready.unshift(next)
  }

  /** It waits behind an earlier one of its profile. */
  #putOff(delivery: QueuedDelivery): void {
    const outcome: Outcome = { kind: 'wait', nextAt: undefined }
    this.#settled.push({ delivery, outcome, attempt: undefined, body: delivery.body })
  }

  /** Writes down what has come so far, one transaction at a time. */
  /** Each transaction has a price of its own, so that one is for several deliveries where they end close together. */
  #settle(): void {
    if (this.#settling !== undefined || this.#settled.length === 0) return
    if (!this.#isSettleDue && this.#settled.length < SETTLED_TOGETHER) {
      this.#settleTimer ??= setTimeout(() => {
        this.#isSettleDue = true
        this.#isWoken = true
        this.#wake()
      }, SETTLE_MS)
      return
    }
    clearTimeout(this.#settleTimer)
    this.#settleTimer = undefined
    this.#isSettleDue = false
    const settled = this.#settled
    this.#settled = []
    this.#writing = settled.length
    this.#settling = this.#write(settled).finally(() => {
      this.#settling = undefined
      this.#writing = 0
      this.#isWoken = true
      this.#wake()
    })
  }

  async #write(settled: readonly Settled[]): Promise<void> {
    const { store, log, now } = this.#options
    const numbers = new Set(settled.map(({ delivery }) => delivery.number))
    const left = this.#window.findIndex((number) => !numbers.has(number))
    const doneTo = left === -1 ? this.#readTo : left === 0 ? this.#doneTo : (this.#window[left - 1] as number)
    const state = {
      doneTo,
      breaker: this.#breaker.value as unknown as Json,
      restUntil: this.#restUntil,
      lastError: this.#lastError,
      p95Ms: percentile95(this.#answersMs),
    }
    const at = now()
    for (let isWritten = false, isRepeat = false; !isWritten; isRepeat = true) {
      try {
        await store.settle(this.#id, settled, state, { now: at, isRepeat })
        isWritten = true
      } catch (error) {
        if (error instanceof QueueLost) {
          this.#lost = error
          return
        }
        if (!isRepeat) log.warn('deliveries_not_settled', { destination: this.#id, error })
        await this.#waitForDatabase()
      }
    }
    this.#doneTo = doneTo
    // what was never put off and has ended changes nothing among those that wait
    if (settled.some(({ delivery, outcome }) => outcome.kind === 'wait' || delivery.waits === 'itself'))
      this.#isDueKnown = false
    this.#window = this.#window.filter((number) => number > doneTo && !numbers.has(number))
    for (const each of settled) this.#forget(each)
    if (this.#hurries) {
      this.#hurries = false
      await store
        .hurry(this.#id, now())
        .catch((error: unknown) => log.warn('deliveries_not_hurried', { error }))
      this.#isDueKnown = false
    }
  }

  #forget({ delivery, outcome, attempt }: Settled): void {
    this.#taken.delete(delivery.number)
    if (outcome.kind === 'wait') {
      this.#deferredMeanwhile?.add(delivery.profile)
      if (delivery.tries === 0 && attempt !== undefined) this.#waiting++
    } else if (delivery.tries > 0) this.#waiting--
    const lane = this.#lanes.get(delivery.profile)
    if (lane === undefined) return
    lane.open--
    if (lane.open === 0) this.#lanes.delete(delivery.profile)
  }

  async #rest(signal: AbortSignal): Promise<void> {
    if (signal.aborted || this.#isWoken) {
      this.#isWoken = false
      return
    }
    const room = this.#room()
    if (room > this.#sending && (this.#ready.length > 0 || this.#mayTakeNew())) return
    await this.#pause(Math.max(1, this.#nextMoment() - this.#options.now()))
    this.#isWoken = false
  }

  /** When something may happen by itself. */
  #nextMoment(): number {
    const now = this.#options.now()
    const moments = [now + POLL_MS]
    if (this.#isStopped) return now + POLL_MS
    if (this.#restUntil !== undefined && this.#restUntil > now) moments.push(this.#restUntil)
    const breaker = this.#breaker.value
    if (breaker.state === 'open' && breaker.until > now) moments.push(breaker.until)
    else if (this.#nextDue !== undefined && this.#room() > 0)
      moments.push(Math.max(this.#nextDue, now + DUE_MS))
    return Math.min(...moments)
  }

  #waitForDatabase(): Promise<void> {
    return new Promise((resolve) => setTimeout(resolve, FAILED_MS * this.#options.pace.waits))
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(done, Math.min(ms, POLL_MS))
      this.#wake = done
      function done(): void {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}

function isStopped({ destination }: QueueTarget): boolean {
  return !destination.enabled || destination.stoppedBecause !== null
}

const SAID_BY_STATUS: Readonly<Record<number, AttemptError>> = {
  401: 'unauthorized',
  403: 'unauthorized',
  410: 'gone',
  429: 'rate_limited',
}

/** Why a try came to nothing; undefined when it was delivered. */
export function describeAnswer(
  answer: OutgoingAnswer,
  verdict: Verdict,
): { readonly code: AttemptError; readonly message: string } | undefined {
  if (answer.error !== undefined) return answer.error
  if (verdict.kind === 'delivered') return undefined
  const status = answer.status as number
  const code =
    SAID_BY_STATUS[status] ??
    (status >= 500 || status === 408 ? 'server_error' : status < 400 ? 'redirected' : 'refused')
  const rest = code === 'redirected' ? ', and redirects are not followed' : ''
  return { code, message: `The destination answered ${status}${rest}.` }
}

/**
 * Of what was taken nothing is kept, and nothing of what a private place says; of what was not taken, as much as says
 * why.
 */
function keptBody(
  { body, truncated, isPrivate }: OutgoingAnswer,
  verdict: Verdict,
): Pick<Attempt, 'responseBody' | 'truncated'> {
  if (verdict.kind === 'delivered' || isPrivate) return { responseBody: '', truncated: false }
  if (body.length <= REFUSED_ANSWER_CHARS_MAX) return { responseBody: body, truncated }
  return { responseBody: body.slice(0, REFUSED_ANSWER_CHARS_MAX).toWellFormed(), truncated: true }
}

/** A signature is as good as the secret for as long as the receiver takes it. */
function maskSignature(headers: Readonly<Record<string, string>>): Record<string, string> {
  return { ...headers, 'webhook-signature': 'v1,…' }
}

function percentile95(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * 0.95))]
}
