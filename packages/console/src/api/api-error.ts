/** Why a call did not succeed; `status` 0 means that no answer came at all. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: string
  readonly path: string | undefined
  /** Also in the server's log. */
  readonly id: string | undefined
  readonly retryAfterSeconds: number | undefined
  /** What the message says, for programs. */
  readonly details: Readonly<Record<string, unknown>>

  constructor(
    status: number,
    code: string,
    message: string,
    more: {
      path?: string | undefined
      id?: string | undefined
      retryAfterSeconds?: number | undefined
      details?: Readonly<Record<string, unknown>> | undefined
      cause?: unknown
    } = {},
  ) {
    super(message, { cause: more.cause })
    this.status = status
    this.code = code
    this.path = more.path
    this.id = more.id
    this.retryAfterSeconds = more.retryAfterSeconds
    this.details = more.details ?? {}
  }
}

/** The call came before signing in, or the session has ended. */
export function isSignedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && error.code !== 'wrong_password'
}
