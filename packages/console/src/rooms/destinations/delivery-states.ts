import type { DeliveryStatus } from '@affluent/protocol/delivery'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import type { Tone } from '../../pieces/status-badge.tsx'

/** How a destination's state looks. */
export const STATE_TONES: Readonly<Record<DestinationAnswer['health']['state'], Tone>> = {
  idle: 'quiet',
  healthy: 'good',
  retrying: 'warn',
  failing: 'bad',
  stopped: 'bad',
  paused: 'held',
}

/** How a delivery's status looks. */
export const STATUS_TONES: Readonly<Record<DeliveryStatus, Tone>> = {
  queued: 'busy',
  pending_retry: 'warn',
  delivered: 'good',
  failed: 'bad',
  held: 'held',
  cancelled: 'quiet',
}

/** Every status, in the order in which a delivery may pass through them. */
export const STATUSES = Object.keys(STATUS_TONES) as DeliveryStatus[]
