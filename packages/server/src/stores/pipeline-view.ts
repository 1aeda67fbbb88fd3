import type { OutcomeAnswerEntry, PipelineAnswer } from '@affluent/protocol/api'
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
    text: `select h.accepted, h.refused, w.processed, c.loaded, w.duplicates, w.filtered, w.quarantined, w.erased
           from log_head h join walk w using (workspace_id) join load_cursor c using (workspace_id) where workspace_id = $1`,
    values: [workspace],
  })
  const row = rows[0]
  if (row === undefined) throw new Error(`Workspace ${workspace} has no counters.`)
  const since = dayOf(now - DEDUPE_DAYS * DAY_MS)
  return { ...row, dedupeWindow: { days: DEDUPE_DAYS, since, maxIds: DEDUPE_IDS_MAX } }
}

interface OutcomeRow {
  readonly id: number
  readonly outcome: OutcomeAnswerEntry['outcome']
  readonly code: string
  readonly message: string
  readonly path: string | null
  readonly source: number
  readonly position: number | null
  readonly message_id: string | null
  readonly received_at: Date
  readonly raw: Buffer | null
}

/**
 * What did not become a row of a person, newest first.
 * @param page.before id of the last one of the page before
 */
export async function viewOutcomes(
  database: Database,
  workspace: number,
  page: { readonly limit: number; readonly before: number | undefined; readonly outcome: string | undefined },
  nameOfSource: (source: number) => string,
): Promise<OutcomeAnswerEntry[]> {
  const { rows } = await database.query<OutcomeRow>(
    `select id, outcome, code, message, path, source_id as source, position, message_id, received_at, raw
     from outcome where workspace_id = $1 and id < $2 and ($3::text is null or outcome = $3)
     order by id desc limit $4`,
    [workspace, page.before ?? Number.MAX_SAFE_INTEGER, page.outcome ?? null, page.limit],
  )
  return rows.map((row) => ({
    id: String(row.id),
    outcome: row.outcome,
    code: row.code,
    message: row.message,
    path: row.path,
    source: nameOfSource(row.source),
    position: row.position,
    messageId: row.message_id,
    receivedAt: row.received_at.toISOString(),
    raw: row.raw?.toString('base64') ?? null,
  }))
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
