/** Whether a destination is asked: closed: yes; open: not until `until`; half open: one delivery is out to see. */
export type Breaker =
  | { readonly state: 'closed' }
  | { readonly state: 'open' | 'half_open'; readonly since: number; readonly until: number }

const FAILURES_IN_A_ROW = 20
const WINDOW_MS = 5 * 60 * 1000
const WINDOW_TRIES_MIN = 20
const PROBE_MS = 60 * 1000

/**
 * A circuit breaker: opens after 20 failures in a row, or when more than half of at least 20 tries within 5 minutes
 * failed; then one delivery a minute asks whether the destination is back. Times are milliseconds since the epoch.
 */
export class CircuitBreaker {
  #breaker: Breaker = { state: 'closed' }
  readonly #probeMs: number
  #row = 0
  /** of the present and the last minutes: when they began, tries, failures */
  #minutes: { from: number; tries: number; failures: number }[] = []

  /** @param probeMs how often an open circuit is tried; tests take a shorter time */
  constructor(breaker: Breaker = { state: 'closed' }, probeMs = PROBE_MS) {
    this.#probeMs = probeMs
    // what was out when the process ended is not out any more
    this.#breaker = breaker.state === 'half_open' ? { ...breaker, state: 'open' } : breaker
  }

  get value(): Breaker {
    return this.#breaker
  }

  /** How many deliveries may go out now: `all`, one to see, or none. */
  allows(now: number): 'all' | 'one' | 'none' {
    if (this.#breaker.state === 'closed') return 'all'
    return this.#breaker.state === 'open' && now >= this.#breaker.until ? 'one' : 'none'
  }

  /** One delivery goes out to see. */
  probe(): void {
    if (this.#breaker.state === 'open') this.#breaker = { ...this.#breaker, state: 'half_open' }
  }

  /** @returns whether the circuit closed by it */
  succeeded(now: number): boolean {
    this.#row = 0
    this.#note(now, false)
    if (this.#breaker.state === 'closed') return false
    this.#breaker = { state: 'closed' }
    this.#minutes = []
    return true
  }

  /** @returns whether the circuit opened by it */
  failed(now: number): boolean {
    this.#row++
    this.#note(now, true)
    if (this.#breaker.state !== 'closed') {
      this.#breaker = { state: 'open', since: this.#breaker.since, until: now + this.#probeMs }
      return false
    }
    if (this.#row < FAILURES_IN_A_ROW && !this.#isMostlyFailing()) return false
    this.#breaker = { state: 'open', since: now, until: now + this.#probeMs }
    return true
  }

  #note(now: number, failure: boolean): void {
    const from = now - (now % 60_000)
    let minute = this.#minutes.at(-1)
    if (minute === undefined || minute.from !== from)
      this.#minutes.push((minute = { from, tries: 0, failures: 0 }))
    minute.tries++
    if (failure) minute.failures++
    this.#minutes = this.#minutes.filter((each) => each.from > now - WINDOW_MS)
  }

  #isMostlyFailing(): boolean {
    let tries = 0
    let failures = 0
    for (const minute of this.#minutes) {
      tries += minute.tries
      failures += minute.failures
    }
    return tries >= WINDOW_TRIES_MIN && failures * 2 > tries
  }
}
