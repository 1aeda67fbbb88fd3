import type { EventType, Json } from '@affluent/protocol/event'
import type { PayloadRule } from './write-payload.ts'

/** What a connection asks of an event. */
export interface EventToRoute {
  readonly type: EventType
  /** '' where there is none */
  readonly name: string
  /** slug of its source; '' for what Affluent itself says, such as `Audience Entered` */
  readonly source: string
  readonly properties: Json | undefined
}

/** What flows into a connection. */
export type ConnectionFrom = { readonly source: string } | { readonly audience: string }

/** The way from a source or an audience to a destination, as the processor needs it. */
export interface Connection {
  /** position of the command that made it */
  readonly id: number
  readonly from: ConnectionFrom
  readonly destination: number
  readonly purpose: string
  readonly rule: PayloadRule
  readonly accepts: (event: EventToRoute) => boolean
  /**
   * what an event's `integrations` may call the destination, in lower case: its name, then its kind; the first that is
   * said counts
   */
  readonly destinationNames: readonly string[]
}
