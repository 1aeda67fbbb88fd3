/** Too many wait, or somebody has waited too long. */
export class GateFull extends Error {
  override readonly name = 'GateFull'
}

/** How many a gate lets in. */
export interface GateBounds {
  /** slots in all; two at least */
  readonly atOnce: number
  /** of one workspace, who wait for a slot; undefined: as many as there are */
  readonly waiting?: number
  /** the longest wait, in milliseconds; undefined: as long as it takes */
  readonly waitMs?: number
}

interface Waiter {
  enter(): void
}

/**
 * Shares a few slots among workspaces. The last free slot is only for a workspace that holds none, so nobody can hold
 * them all; each workspace has a queue of its own, and a slot that comes free goes to the one that holds the fewest, in
 * turn.
 */
export class FairGate {
  readonly #bounds: GateBounds
  readonly #running = new Map<number, number>()
  /** in the order in which they were last served */
  readonly #queues = new Map<number, Waiter[]>()
  #inAll = 0

  constructor(bounds: GateBounds) {
    this.#bounds = bounds
  }

  /**
   * Waits for a slot.
   * @param signal ends the wait
   * @returns gives the slot back; call it once
   * @throws GateFull; the signal's reason
   */
  async enter(workspace: number, signal?: AbortSignal): Promise<() => void> {
    signal?.throwIfAborted()
    if (this.#hasRoom(workspace)) this.#take(workspace)
    else await this.#wait(workspace, signal)
    return () => this.#leave(workspace)
  }

  #hasRoom(workspace: number): boolean {
    const { atOnce } = this.#bounds
    return this.#inAll < (this.#running.has(workspace) ? atOnce - 1 : atOnce)
  }

  #take(workspace: number): void {
    this.#inAll += 1
    this.#running.set(workspace, (this.#running.get(workspace) ?? 0) + 1)
  }

  #leave(workspace: number): void {
    const left = (this.#running.get(workspace) ?? 0) - 1
    if (left > 0) this.#running.set(workspace, left)
    else this.#running.delete(workspace)
    this.#inAll -= 1
    this.#serve()
  }

  /** One slot has come free: it goes to one of those who wait. */
  #serve(): void {
    let next: number | undefined
    for (const workspace of this.#queues.keys())
      if (next === undefined || this.#held(workspace) < this.#held(next)) next = workspace
    if (next === undefined || !this.#hasRoom(next)) return
    const queue = this.#queues.get(next) ?? []
    const waiter = queue.shift()
    this.#queues.delete(next)
    if (queue.length > 0) this.#queues.set(next, queue)
    this.#take(next)
    waiter?.enter()
  }

  #held(workspace: number): number {
    return this.#running.get(workspace) ?? 0
  }

  #wait(workspace: number, signal: AbortSignal | undefined): Promise<void> {
    const queue = this.#queues.get(workspace) ?? []
    const { waiting = Number.POSITIVE_INFINITY, waitMs } = this.#bounds
    if (queue.length >= waiting) throw new GateFull('Too many questions of this workspace wait.')
    this.#queues.set(workspace, queue)
    return new Promise((resolve, reject) => {
      const settle = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', onAbort)
      }
      const giveUp = (error: unknown) => {
        settle()
        queue.splice(queue.indexOf(waiter), 1)
        if (queue.length === 0) this.#queues.delete(workspace)
        reject(error)
      }
      const onAbort = () => giveUp(signal?.reason)
      const waiter: Waiter = {
        enter: () => {
          settle()
          resolve()
        },
      }
      const timer =
        waitMs === undefined
          ? undefined
          : setTimeout(() => giveUp(new GateFull('No slot came free in time.')), waitMs)
      signal?.addEventListener('abort', onAbort, { once: true })
      queue.push(waiter)
    })
  }
}
