import {
  MICRO_BATCH_DECIDE_MS_MAX,
  MICRO_BATCH_EVENTS_FIRST,
  MICRO_BATCH_EVENTS_MAX,
  MICRO_BATCH_STATE_BYTES_MAX,
} from '@affluent/protocol/limits'

/**
 * How many events a processor takes at once: few at first and after a failure, twice as many after each batch that is
 * saved. Audiences that keep many series make the states of fragments large and each decision long: then fewer, so that
 * a batch fits into memory and requests do not wait for it.
 */
export class BatchSize {
  #events = MICRO_BATCH_EVENTS_FIRST
  #eventsThatFit = MICRO_BATCH_EVENTS_MAX

  get events(): number {
    return Math.min(this.#events, this.#eventsThatFit)
  }

  /**
   * A batch was decided: the next is presumed to be like it, and may be twice as large when this one cost less than
   * half of what it might.
   * @param stateBytes length of the states that it has changed, as JSON
   * @param ms how long deciding it held the thread
   */
  measure(events: number, { stateBytes, ms }: { readonly stateBytes: number; readonly ms: number }): void {
    const share = Math.max(stateBytes / MICRO_BATCH_STATE_BYTES_MAX, ms / MICRO_BATCH_DECIDE_MS_MAX)
    if (share > 1) this.#eventsThatFit = Math.max(Math.floor(events / share), 1)
    else if (share < 0.5)
      this.#eventsThatFit = Math.min(Math.max(this.#eventsThatFit, 2 * events), MICRO_BATCH_EVENTS_MAX)
  }

  grow(): void {
    this.#events = Math.min(this.#events * 2, MICRO_BATCH_EVENTS_MAX)
  }

  /** @param events of the batch that could not be saved */
  halve(events: number): void {
    this.#events = Math.ceil(events / 2)
  }
}
