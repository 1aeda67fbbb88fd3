import type { Words } from './source-kind.ts'

/** One HTTP request to a partner. */
export interface OutgoingRequest {
  readonly method: 'POST' | 'PUT'
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** What is to be sent. */
export interface Payload {
  /** stable over retries: the receiver's idempotency key */
  readonly id: string
  /** JSON */
  readonly body: string
}

/**
 * A kind of partner system: a declaration and one function that says what to send. It touches nothing else: whoever
 * calls it sends, counts and tries again.
 */
export interface DestinationKind<Settings, Secrets> {
  /** Stable, lower case; what the API and the tables hold. */
  readonly key: string
  readonly title: Words
  readonly sentence: Words
  /** Whom it reaches: systems of one's own need no purpose to be named. */
  readonly reach: 'own' | 'people' | 'partner'
  /**
   * The request for one payload.
   * @param at when it is sent, milliseconds since the epoch
   */
  readonly request: (payload: Payload, settings: Settings, secrets: Secrets, at: number) => OutgoingRequest
}
