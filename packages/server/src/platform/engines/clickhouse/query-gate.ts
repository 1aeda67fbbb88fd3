import { databaseError } from './database-error.ts'
import { QUERIES_AT_ONCE, QUERIES_WAITING, READS_AT_ONCE, WAIT_MS } from './engine-bounds.ts'

/** `insert` brings rows and is short; `other` is everything else and may be long. */
export type QueryClass = 'insert' | 'other'

interface Waiter {
  readonly kind: QueryClass
  readonly owner: string
  readonly enter: () => void
}

/**
 * Lets few queries run at once, keeps a slot for inserts, and bounds who waits and for how long. The last slot of what
 * is no insert is only for an owner that holds none: a query whose client has gone holds its slot until the engine has
 * really ended it, and one that is still being planned does not end at once.
 */
export class QueryGate {
  private readonly waiting: Waiter[] = []
  private running = 0
  private others = 0
  /** slots of what is no insert, by owner */
  private readonly owned = new Map<string, number>()

  /**
   * Waits for a slot.
   * @param owner on whose behalf it is asked; empty: the server's own
   * @param signal ends the wait
   * @returns gives the slot back; call it once
   * @throws DatabaseError 202 when too many wait, or after `WAIT_MS`; the signal's reason
   */
  async enter(kind: QueryClass, owner: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted()
    if (!this.hasRoom(kind, owner)) await this.wait(kind, owner, signal)
    else this.take(kind, owner)
    return () => this.leave(kind, owner)
  }

  private hasRoom(kind: QueryClass, owner: string): boolean {
    if (this.running >= QUERIES_AT_ONCE) return false
    if (kind === 'insert') return true
    return this.others < (owner !== '' && this.owned.has(owner) ? READS_AT_ONCE - 1 : READS_AT_ONCE)
  }

  private take(kind: QueryClass, owner: string): void {
    this.running += 1
    if (kind === 'insert') return
    this.others += 1
    this.owned.set(owner, (this.owned.get(owner) ?? 0) + 1)
  }

  private leave(kind: QueryClass, owner: string): void {
    this.running -= 1
    if (kind === 'other') {
      this.others -= 1
      const left = (this.owned.get(owner) ?? 0) - 1
      if (left > 0) this.owned.set(owner, left)
      else this.owned.delete(owner)
    }
    // The oldest that fits: an insert passes the selects that wait for one of theirs.
    const next = this.waiting.findIndex((waiter) => this.hasRoom(waiter.kind, waiter.owner))
    const [waiter] = next < 0 ? [] : this.waiting.splice(next, 1)
    if (waiter === undefined) return
    this.take(waiter.kind, waiter.owner)
    waiter.enter()
  }

  private wait(kind: QueryClass, owner: string, signal: AbortSignal): Promise<void> {
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
        owner,
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
