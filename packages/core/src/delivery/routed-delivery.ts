import type { EventType } from '@affluent/protocol/event'
import type { HoldReason } from '@affluent/protocol/hold-reason'

/** A delivery as it is decided. */
export interface RoutedDelivery {
  readonly number: number
  readonly destination: number
  readonly connection: number
  readonly purpose: string
  readonly position: number
  /** 0: nobody's */
  readonly profile: number
  readonly eventType: EventType
  readonly eventName: string
  /** of a membership */
  readonly audience: string | undefined
  /** of a membership, milliseconds since the epoch */
  readonly since: number | undefined
  /** of a membership that ended because its profile was merged into another member */
  readonly mergedInto: number | undefined
  /** undefined of a membership: whoever sends it makes it */
  readonly body: string | undefined
  /** of a membership whose mapping asks for traits: their values as they are now, as JSON by path */
  readonly traits: string | undefined
  /** why it is not sent */
  readonly held: HoldReason | undefined
}
