import type { Rejection } from '@affluent/protocol/codes'
import type { AcceptedEvent } from './accepted-event.ts'

/** An event that ended before it was processed. */
export interface EndedEvent {
  readonly position: number
  readonly event: AcceptedEvent
  readonly as: 'duplicate' | 'quarantined'
  readonly reason: Rejection
}
