import { decodeLoadEntry, type LoadMark } from '../pipeline/load-entry.ts'
import type { PositionRange } from './feed-event.ts'
import type { Reader } from './identity-store.ts'

/** A membership that began or ended. */
export interface FoundMembership {
  readonly version: number
  readonly profile: number
  /** milliseconds since the epoch */
  readonly time: number
  readonly entered: boolean
}

/** What the walk has left for the loader. */
export interface WalkedEntries {
  /** by position */
  readonly marks: ReadonlyMap<number, LoadMark>
  readonly memberships: readonly (FoundMembership & { readonly position: number })[]
}

export const NO_ENTRIES: WalkedEntries = { marks: new Map(), memberships: [] }

/** What the walk has left for the loader about a stretch of the log, and the loader has not taken yet. */
export async function readLoadEntries(
  database: Reader,
  workspace: number,
  span: PositionRange,
): Promise<WalkedEntries> {
  const { rows } = await database.query<{ body: Buffer }>({
    name: 'load_entries',
    text: `select body from load_entry where workspace_id = $1 and last_position >= $2 and first_position <= $3 order by last_position`,
    values: [workspace, span.from, span.to],
  })
  const entries = rows.map(({ body }) => decodeLoadEntry(body))
  const marks = entries.flatMap((entry) => entry.marks)
  return {
    marks: new Map(marks.map((mark) => [mark.position, mark])),
    memberships: entries.flatMap((entry) => entry.memberships),
  }
}
