import type { Json } from '@affluent/protocol/event'

/** A delivery that is queued, as the queue of its destination takes it up. */
export interface QueuedDelivery {
  readonly number: number
  /** on which it was made, in UTC: where its rows are */
  readonly day: string
  readonly connection: number
  /** 0: nobody's */
  readonly profile: number
  readonly eventName: string
  readonly createdAt: Date
  readonly audience: string | null
  readonly since: Date | null
  readonly mergedInto: number | null
  /** values of traits as they were decided, as JSON by path */
  readonly traits: string | null
  /** why it is made and not sent */
  readonly held: string | null
  /** null: of a membership, and not made yet */
  readonly body: string | null
  /** made so far; since it was asked for again, if it was */
  readonly tries: number
  /** has ended before, and was asked for again */
  readonly isReplayed: boolean
  /** whether it waits already, or must wait behind an earlier one of its profile */
  readonly waits: 'itself' | 'behind' | 'no'
}

/** A try, as it is kept. */
export interface Attempt {
  /** milliseconds since the epoch */
  readonly at: number
  readonly ms: number
  readonly status: number | undefined
  readonly error: string | undefined
  readonly message: string | undefined
  readonly url: string
  readonly requestHeaders: Readonly<Record<string, string>>
  readonly body: string
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: string
  readonly truncated: boolean
}

/** What became of a delivery that was taken up. */
export type Outcome =
  | {
      readonly kind: 'end'
      readonly status: 'delivered' | 'failed' | 'held' | 'cancelled'
      readonly reason: string | null
    }
  /** nextAt in milliseconds since the epoch; undefined: behind an earlier one */
  | { readonly kind: 'wait'; readonly nextAt: number | undefined }

/** One that was taken up, with what became of it. */
export interface Settled {
  readonly delivery: QueuedDelivery
  readonly outcome: Outcome
  readonly attempt: Attempt | undefined
  /** as it will be sent again */
  readonly body: string | null
}

/** How a destination is, as it is kept between processes. */
export interface QueueState {
  readonly doneTo: number
  readonly breaker: Json
  /** milliseconds since the epoch; undefined: it may be sent to now */
  readonly restUntil: number | undefined
  readonly lastError: string | undefined
  readonly p95Ms: number | undefined
}
