import type { DecisionCause } from '@affluent/protocol/ledger-entry'
import { DECISION_CAUSES_MAX, FEED_LOG_BYTES_MAX } from '@affluent/protocol/limits'
import { findInLog } from '../log/scan-log.ts'
import type { FeedEvent, FeedStores } from './feed-event.ts'
import { describeLogged } from './logged-event.ts'
import { readStoredEvents } from './stored-feed.ts'
import { NO_FACTS } from './waiting-facts.ts'

/**
 * What events were that brought decisions about, by position: the newest of them.
 * @param positions of events
 */
export async function viewCauses(
  { database, reads }: FeedStores,
  { workspace, country, nameOfSource }: CauseWords,
  positions: readonly number[],
): Promise<Map<number, DecisionCause>> {
  const newest = [...new Set(positions)].sort((a, b) => b - a).slice(0, DECISION_CAUSES_MAX)
  if (newest.length === 0) return new Map()
  const logged = await findInLog(database, workspace, newest, FEED_LOG_BYTES_MAX)
  const older = newest.flatMap((position) => (logged.has(position) ? [] : { position }))
  const events: FeedEvent[] = [
    ...[...logged.values()].map((event) =>
      describeLogged(
        workspace,
        event,
        { processed: Number.MAX_SAFE_INTEGER },
        NO_FACTS.marks,
        new Map(),
        country,
      ),
    ),
    ...(await readStoredEvents(reads, workspace, older, country)),
  ]
  return new Map(
    events.flatMap(({ place, type, name, source, time, identifiers }) => {
      if (type === undefined) return []
      const at = new Date(time).toISOString()
      return [
        [place.position, { type, name, source: nameOfSource(source), at, identifiers: [...identifiers] }],
      ]
    }),
  )
}

/** Whose events they are, and in whose words they are told. */
export interface CauseWords {
  readonly workspace: number
  /** of the workspace, for telephone numbers; null: none */
  readonly country: string | null
  readonly nameOfSource: (source: number) => string
}
