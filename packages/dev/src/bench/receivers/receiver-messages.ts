import type { Latency } from '../load/histogram.ts'

/** How a receiver answers: 204; never; 500; 429. */
export type ReceiverManner = 'takes' | 'hangs' | 'fails' | 'limits'

/** What those that take were sent. */
export interface ReceiverReport {
  readonly taken: number
  /** different webhook-ids of them */
  readonly distinct: number
  /** from the first to the last */
  readonly seconds: number
  /** from the event's receipt, or from when a membership began, until it came */
  readonly lag: Latency
}

/** To the receivers' process. */
export type ReceiverRequest =
  | { readonly kind: 'open'; readonly manners: readonly ReceiverManner[] }
  | { readonly kind: 'forget' }
  | { readonly kind: 'report' }

/** From the receivers' process. */
export type ReceiverAnswer =
  | { readonly kind: 'opened'; readonly ports: readonly number[] }
  | { readonly kind: 'forgotten' }
  | { readonly kind: 'report'; readonly report: ReceiverReport }
