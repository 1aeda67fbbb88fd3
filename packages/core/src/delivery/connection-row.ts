import type { Mapping } from '@affluent/protocol/endpoints/connections'
import type { Json } from '@affluent/protocol/event'

/** A connection as it is kept. */
export interface ConnectionRow {
  /** position of the command that made it */
  readonly id: number
  readonly destination: number
  /** slug of a source, or `*`; null: an audience flows into it */
  readonly source: string | null
  /** key of an audience; null: a source flows into it */
  readonly audience: string | null
  readonly action: string
  readonly filter: Json
  readonly mapping: Mapping | null
  readonly required: readonly string[]
  readonly purpose: string
  readonly enabled: boolean
  /** up to which profile current members have been sent; MEMBERS_DONE: all; null: nobody asked for that */
  readonly membersAfter: number | null
  readonly membersSent: number
  readonly membersOf: number | null
  readonly createdAt: Date
  readonly changedAt: Date
}

/** All current members have been sent. */
export const MEMBERS_DONE = -1
