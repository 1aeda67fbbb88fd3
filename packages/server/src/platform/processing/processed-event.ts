import type { AcceptedEvent } from './accepted-event.ts'

/** A processed event, with what ClickHouse must know of it. */
export interface ProcessedEvent {
  readonly position: number
  readonly event: AcceptedEvent
  /** 0: nobody's */
  readonly fragment: number
  /** key of the event's strongest identifier */
  readonly anchor: number
  readonly flags: number
}
