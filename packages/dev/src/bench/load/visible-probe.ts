import { BLANK_USER, USER_DIGITS } from '../mix/event-template.ts'
import { Connection } from './connection.ts'
import { Histogram, type Latency } from './histogram.ts'
import type { LoadTarget } from './load-plan.ts'
import type { LoadTimes } from './load-times.ts'
import { getRequest, postHead } from './request-head.ts'
import { type Answer, headerOf } from './response-parser.ts'
import type { Tally } from './tally.ts'

const CONNECTIONS = 32
// a step through the people that meets each of them before it comes back to one
const PERSON_STEP = 7_919

export interface VisibleProbeOptions {
  readonly target: LoadTarget
  readonly tally: Tally
  readonly people: number
  /** probes a second */
  readonly rate: number
}

/**
 * Sends a new value of a trait, then reads the profile with `?after=` the position of the answer and looks for the value. The time runs from
 * when the trait should have been sent to when it has been read.
 */
export class VisibleProbe {
  readonly #options: VisibleProbeOptions
  readonly #histogram = new Histogram()
  readonly #idle: Connection[]
  #sent = 0

  constructor(options: VisibleProbeOptions) {
    this.#options = options
    this.#idle = Array.from({ length: CONNECTIONS }, () => new Connection(options.target.port))
  }

  /** Opens the connections. */
  async connect(): Promise<void> {
    await Promise.all(this.#idle.map((connection) => connection.open()))
  }

  /** Probes until the end; gives the times. */
  async run({ start, measureFrom, end }: LoadTimes): Promise<Latency> {
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
    return this.#histogram.summary()
  }

  /** Whether the trait was sent and read. */
  async #probe(connection: Connection, value: number): Promise<boolean> {
    const { target, tally, people } = this.#options
    const user = `user_${String((value * PERSON_STEP) % people).padStart(USER_DIGITS, '0')}`.slice(
      0,
      BLANK_USER.length,
    )
    const failed = (why: string) => {
      tally.error(why)
      return false
    }
    const body = JSON.stringify({ userId: user, traits: { benchProbe: value } })
    const head = postHead('/v1/identify', target.writeKey, body.length)
    const taken = await ask(connection, head + body)
    if (taken instanceof Error) return failed(`probe: ${taken.message}`)
    if (taken.status !== 200) return failed(`probe: ${taken.status}`)
    tally.addEvents(1)
    const position = headerOf(taken.head, 'affluent-position')
    const read = await ask(
      connection,
      getRequest(`/v1/profiles/user_id:${user}?after=${position}`, target.apiKey),
    )
    if (read instanceof Error) return failed(`probe: ${read.message}`)
    if (read.status !== 200) return failed(`probe read: ${read.status}`)
    if (!read.text.includes(`"benchProbe":${value}`)) return failed('probe: read without the trait')
    return true
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
