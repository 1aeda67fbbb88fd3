import type { CheckedEvent } from '@affluent/core/event/check-event'
import type { Rejection } from '@affluent/protocol/codes'

/** An event that stage 1 took: checked, with its raw bytes and where it came from. */
export interface AcceptedEvent {
  readonly checked: CheckedEvent
  readonly raw: Buffer
  readonly source: number
  /** milliseconds since the epoch */
  readonly receivedAt: number
  /** it changes state and sends nothing: it was sent as history, or is older than a day */
  readonly history: boolean
  /** an archive's, whose times of sending correct nothing */
  readonly timesAsGiven: boolean
  readonly ip: string
  /** read back from the log and no longer taken: an older version had taken it */
  readonly unreadable?: Rejection
}

/** Accepted events that follow each other in the log. */
export interface EventRun {
  /** position of the first one */
  readonly first: number
  readonly events: readonly AcceptedEvent[]
  /** raw bytes, all together */
  readonly bytes: number
}
