import type { ConnectionFrom } from '@affluent/core/delivery/connection'
import type { Mapping } from '@affluent/protocol/endpoints/connections'
import type { Json } from '@affluent/protocol/event'
import type { LoggedCommand } from '../platform/processing/command.ts'

/** Commands about connections. */
export type DeliveryCommand =
  | PutConnection
  | ChangeConnection
  | DeleteConnection
  | SendMembers
  | RereadSettings

/** Makes a connection; its id is the position. */
export interface PutConnection extends LoggedCommand {
  readonly kind: 'put_connection'
  readonly from: ConnectionFrom
  readonly destination: number
  readonly action: string
  /** as they were sent, checked */
  readonly filter: Json
  readonly mapping: Mapping | null
  /** absent in what was given before there was such a thing: none */
  readonly required?: readonly string[]
  readonly purpose: string
  readonly enabled: boolean
  readonly sendCurrentMembers: boolean
}

/** Undefined: as before. */
export interface ChangeConnection extends LoggedCommand {
  readonly kind: 'change_connection'
  readonly connection: number
  readonly filter?: Json
  readonly mapping?: Mapping | null
  readonly required?: readonly string[]
  readonly enabled?: boolean
}

export interface DeleteConnection extends LoggedCommand {
  readonly kind: 'delete_connection'
  readonly connection: number
}

/** Enqueues a new connection the word of some current members: those who are still members then. */
export interface SendMembers extends LoggedCommand {
  readonly kind: 'send_members'
  readonly connection: number
  /** the profile up to which it had come: a part that comes twice is void */
  readonly after: number
  /** with since when, milliseconds since the epoch; in the order of profiles */
  readonly members: readonly (readonly [profile: number, since: number])[]
  readonly isLast: boolean
  /** members in all, as they were counted */
  readonly of: number
}

/** A destination is called otherwise from here on. */
export interface RereadSettings extends LoggedCommand {
  readonly kind: 'reread_settings'
}
