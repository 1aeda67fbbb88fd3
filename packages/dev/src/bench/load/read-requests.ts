import { BLANK_USER, USER_DIGITS } from '../mix/event-template.ts'
import { patchDigits } from '../mix/patch.ts'
import { getRequest } from './request-head.ts'
import type { Outgoing, RequestSource } from './request-source.ts'
import type { Answer } from './response-parser.ts'

const POOL = 256

/** Reads of profiles. */
export class ReadRequests implements RequestSource {
  readonly #free: Outgoing[]
  readonly #digitsAt: number
  readonly #person: () => number

  /** @param person whose profile is read next */
  constructor(apiKey: string, person: () => number) {
    const text = getRequest(`/v1/profiles/user_id:${BLANK_USER}`, apiKey)
    this.#digitsAt = text.indexOf(BLANK_USER) + BLANK_USER.length - USER_DIGITS
    this.#free = Array.from({ length: POOL }, () => ({ bytes: Buffer.from(text), events: 1 }))
    this.#person = person
  }

  take(): Outgoing | undefined {
    const request = this.#free.pop() ?? { bytes: Buffer.from(this.#free[0]?.bytes ?? ''), events: 1 }
    patchDigits(request.bytes, this.#digitsAt, USER_DIGITS, this.#person())
    return request
  }

  give(outgoing: Outgoing): void {
    this.#free.push(outgoing)
  }

  /** An answer counts when it is about the person who was asked for. */
  acknowledged({ bytes }: Outgoing, { body }: Answer): number {
    const user = bytes.subarray(
      this.#digitsAt - BLANK_USER.length + USER_DIGITS,
      this.#digitsAt + USER_DIGITS,
    )
    return body.includes(user) ? 1 : 0
  }
}
