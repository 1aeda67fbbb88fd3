import type { ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { BLANK_USER, USER_DIGITS } from '../mix/event-template.ts'
import { Connection } from './connection.ts'
import { Histogram } from './histogram.ts'
import type { LoadTarget, ProbePlan, ProbeReport } from './load-plan.ts'
import type { LoadTimes } from './load-times.ts'
import { getRequest, postHead } from './request-head.ts'
import { type Answer, headerOf } from './response-parser.ts'
import type { Tally } from './tally.ts'

const CONNECTIONS = 32
// a step through the people that meets each of them before it comes back to one
const PERSON_STEP = 7_919

// a membership that is not read within this time counts as lost
const WAIT_MS_MAX = 5_000

export interface VisibleProbeOptions extends ProbePlan {
  readonly target: LoadTarget
  readonly tally: Tally
  readonly people: number
  /** probes a second */
  readonly rate: number
}

/**
 * Sends an event that lets its person enter an audience, then reads the profile with `?after=` the position of the
 * answer until it shows the membership. The time runs from when the event should have been sent to when the membership
 * has been read. Each person is met once.
 */
export class VisibleProbe {
  readonly #options: VisibleProbeOptions
  readonly #histogram = new Histogram()
  readonly #idle: Connection[]
  #sent = 0
  #entered = 0
  #early = 0

  constructor(options: VisibleProbeOptions) {
    this.#options = options
    this.#idle = Array.from({ length: CONNECTIONS }, () => new Connection(options.target))
  }

  /** Opens the connections. */
  async connect(): Promise<void> {
    await Promise.all(this.#idle.map((connection) => connection.open()))
  }

  /** Probes until the end. */
  async run({ start, measureFrom, end }: LoadTimes): Promise<ProbeReport> {
    const probes: Promise<void>[] = []
    const { rate } = this.#options
    for (;;) {
      const intended = start + (this.#sent * 1_000) / rate
      if (intended >= end) break
      const wait = intended - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      const connection = this.#idle.pop()
      // more than a second behind: the next one is late, and its time says so
      if (connection === undefined) {
        await Promise.race(probes)
        continue
      }
      this.#sent++
      const done = this.#probe(connection, this.#sent).then((worked) => {
        if (worked && intended >= measureFrom) this.#histogram.record(performance.now() - intended)
        this.#idle.push(connection)
      })
      probes.push(done)
    }
    await Promise.all(probes)
    for (const connection of this.#idle) connection.close()
    return { latency: this.#histogram.summary(), entered: this.#entered, early: this.#early }
  }

  /** Whether the event was sent and the membership read. */
  async #probe(connection: Connection, value: number): Promise<boolean> {
    const { target, tally, people, event } = this.#options
    const digits = String((value * PERSON_STEP) % people).padStart(USER_DIGITS, '0')
    const user = `user_${digits}`.slice(0, BLANK_USER.length)
    const body = JSON.stringify({ userId: user, event, properties: { probe: value } })
    const head = postHead('/v1/track', target.writeKey, body.length)
    const taken = await ask(connection, head + body)
    if (taken instanceof Error) return this.#failed(`probe: ${taken.message}`)
    if (taken.status !== 200) return this.#failed(`probe: ${taken.status}`)
    tally.addEvents(1)
    const position = headerOf(taken.head, 'affluent-position')
    return this.#readUntilMember(connection, `/v1/profiles/user_id:${user}?after=${position}`)
  }

  async #readUntilMember(connection: Connection, path: string): Promise<boolean> {
    const request = getRequest(path, this.#options.target.apiKey)
    const deadline = performance.now() + WAIT_MS_MAX
    for (;;) {
      const read = await ask(connection, request)
      if (read instanceof Error) return this.#failed(`probe: ${read.message}`)
      if (read.status !== 200) return this.#failed(`probe read: ${read.status}`)
      if (this.#isMember(read.text)) {
        this.#entered++
        return true
      }
      this.#early++
      if (performance.now() > deadline) return this.#failed('probe: membership never read')
    }
  }

  #isMember(text: string): boolean {
    const { profile } = JSON.parse(text) as { profile: ProfileAnswer }
    return profile.audiences.some(({ key }) => key === this.#options.audience)
  }

  #failed(why: string): false {
    this.#options.tally.error(why)
    return false
  }
}

function ask(
  connection: Connection,
  request: string,
): Promise<(Pick<Answer, 'status' | 'head'> & { readonly text: string }) | Error> {
  return new Promise((resolve) => {
    connection.send(Buffer.from(request), (answer) => {
      resolve(
        answer instanceof Error
          ? answer
          : { status: answer.status, head: answer.head, text: answer.body.toString() },
      )
    })
  })
}
