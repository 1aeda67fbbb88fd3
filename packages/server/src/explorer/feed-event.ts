import type { EventType, HandlingState, Identifier, Json, JsonObject } from '@affluent/protocol/event'
import type { EventOutcome, Handling } from '@affluent/protocol/event-row'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import type { Database } from '../platform/database/connect.ts'

/**
 * A place in the feed: that of the event at a position, or of one that was refused after it, by its outcome's number
 * (0: the event itself).
 */
export interface FeedPlace {
  readonly position: number
  readonly refused: number
}

/** What is asked for. Identifiers: as text, `namespace:value` or a value of any namespace. */
export interface FeedQuestion {
  readonly workspace: number
  readonly limit: number
  readonly after: FeedPlace | undefined
  readonly before: FeedPlace | undefined
  readonly type: EventType | undefined
  readonly name: string | undefined
  readonly identifier: string | undefined
  /** of the workspace, for telephone numbers; null: none */
  readonly country: string | null
  readonly outcome: EventOutcome | undefined
  readonly handling: HandlingState | undefined
  readonly source: number | undefined
}

/** An event of the feed, wherever it was found. */
export interface FeedEvent {
  readonly place: FeedPlace
  readonly outcome: EventOutcome
  /** its number among the outcomes */
  readonly outcomeId: number | undefined
  readonly code: string | undefined
  readonly message: string | undefined
  /** what has been done about it; null: there is nothing to do */
  readonly handling: Handling | null
  readonly type: EventType | undefined
  readonly name: string
  readonly source: number
  readonly identifiers: readonly Identifier[]
  readonly messageId: string | undefined
  /** milliseconds since the epoch */
  readonly time: number
  readonly receivedAt: number
  readonly bytes: number
  /** 0: nobody's, or not known yet */
  readonly fragment: number
  readonly flags: number
  /** undefined: not kept, or too large for a list */
  readonly raw: string | undefined
}

/** Where the feed is read. */
export interface FeedStores {
  readonly database: Database
  readonly reads: WorkspaceReads
}

/** Events from one place, newest first, and down to where nothing is missing; undefined: down to the end. */
export interface FeedPart {
  readonly events: readonly FeedEvent[]
  readonly floor: FeedPlace | undefined
}

/** Positions, both included. */
export interface PositionRange {
  readonly from: number
  readonly to: number
}

export const NO_EVENTS: FeedPart = { events: [], floor: undefined }

/** Beyond what was asked for, so that it is known whether there is more. */
export const MORE = 1

export function placeOf(position: number): FeedPlace {
  return { position, refused: 0 }
}

/** Where the places of the feed stand to each other: newest first. */
export function newestFirst(a: FeedPlace, b: FeedPlace): number {
  return b.position - a.position || b.refused - a.refused
}

/** Without the key that identifiers have in maps. */
export function plainIdentifier({ namespace, value }: Identifier): Identifier {
  return { namespace, value }
}

/** @returns undefined when the text is no JSON object */
export function parseObject(raw: string): JsonObject | undefined {
  try {
    const json = JSON.parse(raw) as Json
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
  } catch {
    return undefined
  }
}
