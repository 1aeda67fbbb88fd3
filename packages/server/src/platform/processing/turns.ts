import { setImmediate as turn } from 'node:timers/promises'

/** How long work may hold the thread before others have their turn, in milliseconds. */
const SLICE_MS = 8

/**
 * Cuts work on the main thread into slices: between two of them everything that is ready elsewhere (requests, answers
 * of databases, rows that are being sent) has its turn.
 */
export class Turns {
  #sliceBegan = performance.now()
  #heldMs = 0

  /** How long the work has held the thread, without the turns of others, in milliseconds. */
  get heldMs(): number {
    return this.#heldMs + performance.now() - this.#sliceBegan
  }

  /** Whether it is time for others. */
  get isOver(): boolean {
    return performance.now() - this.#sliceBegan > SLICE_MS
  }

  /** Gives others their turn. */
  async give(): Promise<void> {
    this.#heldMs += performance.now() - this.#sliceBegan
    await turn()
    this.#sliceBegan = performance.now()
  }

  /** Waits for something else, during which the thread is not held. */
  async during<T>(work: Promise<T>): Promise<T> {
    this.#heldMs += performance.now() - this.#sliceBegan
    try {
      return await work
    } finally {
      this.#sliceBegan = performance.now()
    }
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
