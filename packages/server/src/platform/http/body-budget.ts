import type { ServerResponse } from 'node:http'
import { ApiError } from './api-error.ts'

/** Holds bytes for a request until its answer is out. */
export type HoldBytes = (bytes: number) => void

/** All bodies in hand together are bounded, so that many large ones at once cannot use up the memory. */
export class BodyBudget {
  readonly #max: number
  #held = 0

  /** @param max bytes of all bodies in hand */
  constructor(max: number) {
    this.#max = max
  }

  /** @returns what a request's bytes are to be told to; it throws ApiError 429 when there is no room for them */
  open(response: ServerResponse): HoldBytes {
    let own = 0
    response.once('close', () => {
      this.#held -= own
    })
    return (bytes) => {
      if (this.#held + bytes > this.#max) {
        const message = 'Too many large requests at once; try again in 1 s.'
        throw new ApiError(429, 'rate_limited', message, { retryAfterSeconds: 1 })
      }
      own += bytes
      this.#held += bytes
    }
  }
}
