/** How often a wait without an end looks whether it is to stop, in milliseconds. */
const LOOK_MS = 1_000

/** How far something has come, and who waits for it to come further. */
export class Progress {
  #position = 0
  readonly #waiting = new Set<{ position: number; done: (reached: boolean) => void }>()

  get position(): number {
    return this.#position
  }

  /** @param position never goes back */
  advance(position: number): void {
    if (position <= this.#position) return
    this.#position = position
    for (const waiter of this.#waiting) if (waiter.position <= position) waiter.done(true)
  }

  /**
   * Waits until a position is reached.
   * @returns false when it was not reached within `ms`
   */
  reach(position: number, ms: number): Promise<boolean> {
    if (position <= this.#position) return Promise.resolve(true)
    return new Promise((resolve) => {
      const waiter = {
        position,
        done: (reached: boolean) => {
          clearTimeout(timer)
          this.#waiting.delete(waiter)
          resolve(reached)
        },
      }
      const timer = setTimeout(() => waiter.done(false), ms)
      this.#waiting.add(waiter)
    })
  }

  /**
   * Waits until a position is reached, however long that takes.
   * @returns false when `signal` said stop before
   */
  async wait(position: number, signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) if (await this.reach(position, LOOK_MS)) return true
    return false
  }
}
