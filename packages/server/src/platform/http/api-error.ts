import type { ErrorCode } from '@affluent/protocol/codes'
import type { JsonObject } from '@affluent/protocol/event'

/** A request that is answered with a status, a code, and a message that says how to fix it. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: ErrorCode
  readonly path: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** the scope that an API key has not */
  readonly needs: string | undefined
  readonly details: JsonObject | undefined

  constructor(
    status: number,
    code: ErrorCode,
    message: string,
    more: {
      readonly path?: string
      readonly retryAfterSeconds?: number
      readonly needs?: string
      /** what the message says, for programs */
      readonly details?: JsonObject
      readonly cause?: unknown
    } = {},
  ) {
    super(message, { cause: more.cause })
    this.status = status
    this.code = code
    this.path = more.path
    this.retryAfterSeconds = more.retryAfterSeconds
    this.needs = more.needs
    this.details = more.details
  }
}
