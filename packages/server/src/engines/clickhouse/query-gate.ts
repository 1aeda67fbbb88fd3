import { databaseError } from './database-error.ts'
import { QUERIES_AT_ONCE, QUERIES_WAITING, READS_AT_ONCE, WAIT_MS } from './engine-bounds.ts'

/** `insert` brings rows and is short; `other` is everything else and may be long. */
export type QueryClass = 'insert' | 'other'

interface Waiter {
  readonly kind: QueryClass
  readonly enter: () => void
}

/** Lets few queries run at once, keeps a slot for inserts, and bounds who waits and for how long. */
export class QueryGate {
  private readonly waiting: Waiter[] = []
  private running = 0
  private others = 0

  /**
   * Waits for a slot.
   * @param signal ends the wait
   * @returns gives the slot back; call it once
   * @throws DatabaseError 202 when too many wait, or after `WAIT_MS`; the signal's reason
   */
  async enter(kind: QueryClass, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (!this.hasRoom(kind)) await this.wait(kind, signal)
    else this.take(kind)
    return () => this.leave(kind)
  }

  private hasRoom(kind: QueryClass): boolean {
    return this.running < QUERIES_AT_ONCE && (kind === 'insert' || this.others < READS_AT_ONCE)
  }

  private take(kind: QueryClass): void {
    this.running += 1
    if (kind === 'other') this.others += 1
  }

  private leave(kind: QueryClass): void {
    this.running -= 1
    if (kind === 'other') this.others -= 1
    // The oldest that fits: an insert passes the selects that wait for one of theirs.
    const next = this.waiting.findIndex((waiter) => this.hasRoom(waiter.kind))
    const [waiter] = next < 0 ? [] : this.waiting.splice(next, 1)
    if (waiter === undefined) return
    this.take(waiter.kind)
    waiter.enter()
  }

  private wait(kind: QueryClass, signal: AbortSignal): Promise<void> {
    if (this.waiting.length >= QUERIES_WAITING) throw tooMany()
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        signal.removeEventListener('abort', onAbort)
      }
      const giveUp = (error: unknown) => {
        settle()
        this.waiting.splice(this.waiting.indexOf(waiter), 1)
        reject(error)
      }
      const onAbort = () => giveUp(signal.reason)
      const waiter: Waiter = {
        kind,
        enter: () => {
          settle()
          resolve()
        },
      }
      const timer = setTimeout(() => giveUp(tooMany()), WAIT_MS)
      signal.addEventListener('abort', onAbort, { once: true })
      this.waiting.push(waiter)
    })
  }
}

function tooMany(): Error {
  return databaseError(
    202,
    'TOO_MANY_SIMULTANEOUS_QUERIES',
    `Too many simultaneous queries. Maximum: ${QUERIES_AT_ONCE}.`,
  )
}
