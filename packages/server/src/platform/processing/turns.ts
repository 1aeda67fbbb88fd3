import { setImmediate as turn } from 'node:timers/promises'

/** How long work may hold the thread before others have their turn, in milliseconds. */
const STRETCH_MS = 2

/**
 * Cuts work on the main thread into stretches: between two of them everything that is ready elsewhere (requests,
 * answers of databases, rows that are being sent) has its turn.
 */
export class Turns {
  readonly #onHeld: (ms: number) => void
  #stretchBegan = performance.now()
  #heldMs = 0

  /** @param onHeld told how long each stretch held the thread, in milliseconds */
  constructor(onHeld: (ms: number) => void = () => {}) {
    this.#onHeld = onHeld
  }

  /** How long the work has held the thread, without the turns of others, in milliseconds. */
  get heldMs(): number {
    return this.#heldMs + performance.now() - this.#stretchBegan
  }

  /** Whether it is time for others. */
  get isOver(): boolean {
    return performance.now() - this.#stretchBegan > STRETCH_MS
  }

  /** Gives others their turn. */
  async give(): Promise<void> {
    this.#endStretch()
    await turn()
    this.#stretchBegan = performance.now()
  }

  /** Waits for something else, during which the thread is not held. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#endStretch()
    try {
      return await work
    } finally {
      this.#stretchBegan = performance.now()
    }
  }

  /** The work is done, or goes on elsewhere. */
  end(): void {
    this.#endStretch()
    this.#stretchBegan = performance.now()
  }

  #endStretch(): void {
    const ms = performance.now() - this.#stretchBegan
    this.#heldMs += ms
    this.#onHeld(ms)
  }

  /**
   * Makes something of each, in order.
   * @param make what one becomes; must not take long for one
   */
  async map<T, R>(items: readonly T[], make: (item: T, index: number) => R): Promise<R[]> {
    const made: R[] = []
    for (let index = 0; index < items.length; index++) {
      if (this.isOver) await this.give()
      made.push(make(items[index] as T, index))
    }
    return made
  }
}
