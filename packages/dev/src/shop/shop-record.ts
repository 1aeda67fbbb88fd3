import type { ErrorCode } from '@affluent/protocol/codes'
import type { JsonObject } from '@affluent/protocol/event'

/** Where the shop's records come from, a write key each. */
export const SHOP_SOURCES = ['web', 'app', 'tills', 'crm', 'helpdesk', 'email'] as const
export type ShopSource = (typeof SHOP_SOURCES)[number]

/**
 * What is odd about a record on purpose: a copy of an earlier one, one that comes late, one whose ids are junk; or the
 * code under which it must be refused or quarantined.
 */
export type Planted = 'copy' | 'late' | 'junk' | ErrorCode

/** One thing that the shop tells. */
export interface ShopRecord {
  /** when it is sent, milliseconds since the epoch; the stream is in this order */
  readonly at: number
  readonly source: ShopSource
  /** number of the person whose it is, which no event tells; null: a robot's, or nobody's */
  readonly truth: number | null
  readonly planted: Planted | undefined
  readonly event: JsonObject
}
