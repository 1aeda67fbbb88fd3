import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import { DEDUPE_DAYS, DEDUPE_IDS_MAX } from '@affluent/protocol/limits'
import { countWorkspaceDeliveries } from '../delivery/contract.ts'
import { readEventCounts } from '../log/cursors.ts'
import type { Database } from '../platform/database/connect.ts'
import { dayOf } from '../platform/database/day-of.ts'

const DAY_MS = 86_400_000

/**
 * The running counts of a workspace. Rows in ClickHouse are counted last: what the cursor of the loader calls loaded is
 * among them, so that a script that waits for `loaded` sees no fewer.
 * @param now milliseconds since the epoch
 * @param countStored counts the workspace's rows in ClickHouse
 */
export async function viewPipeline(
  database: Database,
  workspace: number,
  now: number,
  countStored: () => Promise<number>,
): Promise<Omit<PipelineAnswer, 'lagMs' | 'lagMaxMs' | 'timersLagMs'>> {
  const [counts, deliveries] = await Promise.all([
    readEventCounts(database, workspace),
    countWorkspaceDeliveries(database, workspace),
  ])
  const since = dayOf(now - DEDUPE_DAYS * DAY_MS)
  const dedupeWindow = { days: DEDUPE_DAYS, since, maxIds: DEDUPE_IDS_MAX }
  return { ...counts, deliveries, dedupeWindow, stored: await countStored() }
}
