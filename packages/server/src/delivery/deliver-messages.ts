import type { OutgoingRequest } from '@affluent/connectors/destination-kind'
import type { DatabaseAddress } from '../platform/database/connect.ts'
import type { LogFields } from '../platform/observability/log.ts'
import type { NameSources } from '../platform/outgoing/name-resolver.ts'
import type { OutgoingAnswer } from '../platform/outgoing/outgoing-client.ts'
import type { DeliveryPace } from './destination-queue.ts'

/** What the thread is given when it starts. */
export interface DelivererData {
  readonly address: DatabaseAddress
  /** milliseconds since the epoch */
  readonly now: number
  /** private places that the operator allows */
  readonly networks: readonly string[]
  readonly names: NameSources
  /** the key in force, then former ones */
  readonly secretKeys: readonly Uint8Array[]
  readonly pace: DeliveryPace
  /** how long the end waits for answers, in milliseconds */
  readonly endMs: number
}

/** What the thread is told. */
export type ToThread =
  | { readonly kind: 'beat'; readonly address: DatabaseAddress; readonly now: number }
  | { readonly kind: 'open'; readonly workspace: number; readonly epoch: number }
  | { readonly kind: 'close'; readonly id: number; readonly workspace: number }
  /** something is queued; undefined: perhaps to any of them */
  | {
      readonly kind: 'wake'
      readonly workspace: number
      readonly destinations: readonly number[] | undefined
    }
  | { readonly kind: 'changed'; readonly workspace: number }
  | {
      readonly kind: 'send'
      readonly id: number
      readonly workspace: number
      readonly request: OutgoingRequest
    }

/** What the thread tells. */
export type FromThread =
  | { readonly kind: 'done'; readonly id: number }
  | { readonly kind: 'sent'; readonly id: number; readonly answer: OutgoingAnswer }
  | {
      readonly kind: 'log'
      readonly level: 'debug' | 'info' | 'warn' | 'error'
      readonly event: string
      readonly fields: LogFields
    }
