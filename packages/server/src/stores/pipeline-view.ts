import type { PipelineAnswer } from '@affluent/protocol/api'
import { DEDUPE_DAYS, DEDUPE_IDS_MAX } from '@affluent/protocol/limits'
import type { Database } from '../database/connect.ts'
import { dayOf } from './message-ids.ts'

interface CountersRow {
  readonly accepted: number
  readonly refused: number
  readonly processed: number
  readonly loaded: number
  readonly duplicates: number
  readonly filtered: number
  readonly quarantined: number
  readonly erased: number
  readonly owed: number
  readonly delivered: number
  readonly failed: number
  readonly held: number
  readonly cancelled: number
}

const DAY_MS = 86_400_000

/** The running counts of a workspace. */
export async function viewPipeline(
  database: Database,
  workspace: number,
  now: number,
): Promise<Omit<PipelineAnswer, 'stored' | 'lagMs' | 'timersLagMs'>> {
  const { rows } = await database.query<CountersRow>({
    name: 'pipeline',
    text: `select h.accepted, h.refused, w.processed, c.loaded, w.duplicates, w.filtered, w.quarantined, w.erased, d.*
           from log_head h join walk w using (workspace_id) join load_cursor c using (workspace_id) cross join lateral (
             select coalesce(sum(o.owed), 0)::bigint as owed, coalesce(sum(q.delivered), 0)::bigint as delivered,
               coalesce(sum(q.failed), 0)::bigint as failed, coalesce(sum(q.held), 0)::bigint as held,
               coalesce(sum(q.cancelled), 0)::bigint as cancelled
             from delivery_queue q join delivery_owed o using (destination_id) where q.workspace_id = $1) d
           where workspace_id = $1`,
    values: [workspace],
  })
  const row = rows[0]
  if (row === undefined) throw new Error(`Workspace ${workspace} has no counters.`)
  const since = dayOf(now - DEDUPE_DAYS * DAY_MS)
  const { owed, delivered, failed, held, cancelled, ...counts } = row
  const queued = Math.max(0, owed - delivered - failed - held - cancelled)
  return {
    ...counts,
    deliveries: { queued, delivered, failed, held, cancelled },
    dedupeWindow: { days: DEDUPE_DAYS, since, maxIds: DEDUPE_IDS_MAX },
  }
}

/** Deliveries of all workspaces by how they ended, and those that are owed. */
export async function countDeliveries(database: Database): Promise<Readonly<Record<string, number>>> {
  const { rows } = await database.query<Readonly<Record<string, number>>>({
    name: 'count_deliveries',
    text: `select greatest(0, coalesce(sum(o.owed - q.delivered - q.failed - q.held - q.cancelled), 0))::bigint as queued,
             coalesce(sum(q.delivered), 0)::bigint as delivered, coalesce(sum(q.failed), 0)::bigint as failed,
             coalesce(sum(q.held), 0)::bigint as held,
             coalesce(sum(q.cancelled), 0)::bigint as cancelled
           from delivery_queue q join delivery_owed o using (destination_id)`,
  })
  return rows[0] ?? {}
}

/** What is odd about the events of each source, by source. */
export async function viewWarnings(
  database: Database,
  workspace: number,
): Promise<Map<number, { code: string; count: number; lastMessage: string; lastAt: string }[]>> {
  const { rows } = await database.query<{
    source: number
    code: string
    count: number
    message: string
    at: Date
  }>(
    `select source_id as source, code, count, last_message as message, last_at as at
     from source_warning where workspace_id = $1 order by source_id, code`,
    [workspace],
  )
  const bySource = new Map<number, { code: string; count: number; lastMessage: string; lastAt: string }[]>()
  for (const { source, code, count, message, at } of rows) {
    const list = bySource.get(source) ?? []
    list.push({ code, count, lastMessage: message, lastAt: at.toISOString() })
    bySource.set(source, list)
  }
  return bySource
}
