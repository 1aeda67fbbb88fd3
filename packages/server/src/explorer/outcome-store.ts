import type { OpenOutcomesAnswer, OutcomeAnswerEntry } from '@affluent/protocol/endpoints/outcomes'
import type { EventType } from '@affluent/protocol/event'
import type { Handling } from '@affluent/protocol/event-row'
import { OPEN_OUTCOMES_COUNTED_MAX } from '@affluent/protocol/limits'
import type { Database } from '../platform/database/connect.ts'

/** The columns of an outcome that say what has been done about it. */
export interface HandledRow {
  readonly outcome: string
  readonly replayedAt: Date | null
  readonly replayedPosition: number | null
  readonly dismissedAt: Date | null
  readonly handledBy: string | null
}

/** As they are asked for. */
export const HANDLED_COLUMNS = `replayed_at as "replayedAt", replayed_position as "replayedPosition", dismissed_at as "dismissedAt",
  handled_by as "handledBy"`

/** What has been done about an outcome; null when there is nothing to do: a copy, or one whose bytes are not kept. */
export function handlingOf(row: HandledRow, isKept: boolean): Handling | null {
  if (!isKept || row.outcome === 'duplicate') return null
  const { replayedAt, replayedPosition: position, dismissedAt, handledBy: by } = row
  if (dismissedAt !== null) return { state: 'dismissed', at: dismissedAt.toISOString(), by, position }
  if (replayedAt !== null) return { state: 'replayed', at: replayedAt.toISOString(), by, position }
  return { state: 'open', at: null, by: null, position: null }
}

interface OutcomeRow extends HandledRow {
  readonly id: number
  readonly outcome: OutcomeAnswerEntry['outcome']
  readonly code: string
  readonly message: string
  readonly path: string | null
  readonly source: number
  readonly position: number | null
  readonly messageId: string | null
  readonly receivedAt: Date
  readonly raw: Buffer | null
}

/** Which outcomes are meant; undefined: all. */
export interface OutcomeFilter {
  readonly outcome?: string | undefined
  readonly code?: string | undefined
  readonly source?: number | undefined
  /** received from then on, and before then; milliseconds since the epoch */
  readonly from?: number | undefined
  readonly to?: number | undefined
}

/**
 * What did not become a row of a person, newest first.
 * @param page.before id of the last one of the page before
 */
export async function viewOutcomes(
  database: Database,
  workspace: number,
  page: { readonly limit: number; readonly before: number | undefined; readonly filter: OutcomeFilter },
  nameOfSource: (source: number) => string,
): Promise<OutcomeAnswerEntry[]> {
  const { outcome, code, source } = page.filter
  const { rows } = await database.query<OutcomeRow>(
    `select id, outcome, code, message, path, source_id as source, position, message_id as "messageId", received_at as "receivedAt",
       raw, ${HANDLED_COLUMNS}
     from outcome
     where workspace_id = $1 and id < $2 and ($3::text is null or outcome = $3) and ($4::text is null or code = $4)
       and ($5::int is null or source_id = $5)
     order by id desc limit $6`,
    [
      workspace,
      page.before ?? Number.MAX_SAFE_INTEGER,
      outcome ?? null,
      code ?? null,
      source ?? null,
      page.limit,
    ],
  )
  return rows.map((row) => ({
    id: String(row.id),
    outcome: row.outcome,
    code: row.code,
    message: row.message,
    path: row.path,
    source: nameOfSource(row.source),
    position: row.position,
    messageId: row.messageId,
    receivedAt: row.receivedAt.toISOString(),
    raw: row.raw?.toString('base64') ?? null,
    replayedAt: row.replayedAt?.toISOString() ?? null,
    replayedAs: row.replayedPosition,
    handling: handlingOf(row, row.raw !== null),
  }))
}

/** Something that can be sent again. */
export interface KeptOutcome {
  readonly id: number
  readonly code: string
  readonly source: number
  readonly receivedAt: Date
  /** as far as it could be told */
  readonly type: EventType | null
  readonly isHistory: boolean
  readonly timesAsGiven: boolean
  /** null: a copy, of which no bytes are kept */
  readonly raw: Buffer | null
  readonly replayedAt: Date | null
  readonly replayedPosition: number | null
}

const KEPT = `id, code, source_id as source, received_at as "receivedAt", type, is_history as "isHistory", times_as_given as "timesAsGiven", raw,
  replayed_at as "replayedAt", replayed_position as "replayedPosition"`

export async function findOutcome(
  database: Database,
  workspace: number,
  id: number,
): Promise<KeptOutcome | undefined> {
  const { rows } = await database.query<KeptOutcome>(
    `select ${KEPT} from outcome where workspace_id = $1 and id = $2`,
    [workspace, id],
  )
  return rows[0]
}

const REPLAYABLE = `workspace_id = $1 and id > $2 and raw is not null and replayed_at is null and dismissed_at is null and ($3::text is null or code = $3)
  and ($4::int is null or source_id = $4) and ($5::timestamptz is null or received_at >= $5) and ($6::timestamptz is null or received_at < $6)`

function replayableValues(
  workspace: number,
  after: number,
  { code, source, from, to }: OutcomeFilter,
): unknown[] {
  const at = (ms: number | undefined) => (ms === undefined ? null : new Date(ms).toISOString())
  return [workspace, after, code ?? null, source ?? null, at(from), at(to)]
}

/** How many of a filter can be sent again and have not been. */
export async function countReplayable(
  database: Database,
  workspace: number,
  after: number,
  filter: OutcomeFilter,
): Promise<number> {
  const { rows } = await database.query<{ count: number }>(
    `select count(*) as count from outcome where ${REPLAYABLE}`,
    replayableValues(workspace, after, filter),
  )
  return rows[0]?.count ?? 0
}

/** The next ones that can be sent again, oldest first. */
export async function listReplayable(
  database: Database,
  workspace: number,
  after: number,
  filter: OutcomeFilter,
  limit: { readonly outcomes: number; readonly bytes: number },
): Promise<KeptOutcome[]> {
  const { rows } = await database.query<KeptOutcome>(
    `select id, code, source, "receivedAt", type, "isHistory", "timesAsGiven", raw, "replayedAt", "replayedPosition" from (
       select ${KEPT}, sum(length(raw)) over (order by id) - length(raw) as bytes_before
       from (select id, code, source_id, received_at, type, is_history, times_as_given, raw, replayed_at, replayed_position
             from outcome where ${REPLAYABLE} order by id limit $7) next) part
     where bytes_before < $8 order by id`,
    [...replayableValues(workspace, after, filter), limit.outcomes, limit.bytes],
  )
  return rows
}

/**
 * Says that outcomes are being sent again, before they are: whatever dies in between, none is sent twice unasked.
 * @param how.again also those that were sent again before
 * @returns those that nobody else has taken meanwhile
 */
export async function claimOutcomes(
  database: Database,
  workspace: number,
  ids: readonly number[],
  how: { readonly at: number; readonly again: boolean; readonly by: string },
): Promise<Set<number>> {
  const { rows } = await database.query<{ id: number }>(
    `update outcome set replayed_at = $3, replayed_position = null, dismissed_at = null, handled_by = $5
     where workspace_id = $1 and id = any($2) and ($4 or replayed_at is null) returning id`,
    [workspace, ids, new Date(how.at).toISOString(), how.again, how.by],
  )
  return new Set(rows.map(({ id }) => id))
}

/** Gives back what could not be sent. */
export async function releaseOutcomes(
  database: Database,
  workspace: number,
  outcomes: readonly KeptOutcome[],
): Promise<void> {
  await database.query(
    `update outcome o set replayed_at = k.at, replayed_position = k.position
     from unnest($2::bigint[], $3::timestamptz[], $4::bigint[]) as k (id, at, position)
     where o.workspace_id = $1 and o.id = k.id`,
    [
      workspace,
      outcomes.map(({ id }) => id),
      outcomes.map(({ replayedAt }) => replayedAt?.toISOString() ?? null),
      outcomes.map(({ replayedPosition }) => replayedPosition),
    ],
  )
}

/**
 * Sets an outcome aside, or makes it open again.
 * @param how.at when it was set aside, milliseconds since the epoch; undefined: it is not
 * @returns undefined when there is no such outcome, or nothing of it is kept
 */
export async function dismissOutcome(
  database: Database,
  workspace: number,
  id: number,
  how: { readonly at: number | undefined; readonly by: string },
): Promise<Handling | undefined> {
  const { rows } = await database.query<OutcomeRow>(
    `update outcome set dismissed_at = $3, handled_by = $4
     where workspace_id = $1 and id = $2 and raw is not null and outcome <> 'duplicate' returning outcome, ${HANDLED_COLUMNS}`,
    [workspace, id, how.at === undefined ? null : new Date(how.at).toISOString(), how.by],
  )
  const [row] = rows
  return row === undefined ? undefined : (handlingOf(row, true) ?? undefined)
}

/** How many of each kind wait for somebody to send them again or to set them aside; counted up to a bound. */
export async function countOpen(database: Database, workspace: number): Promise<OpenOutcomesAnswer> {
  const { rows } = await database.query<OpenOutcomesAnswer>(
    `select ${(['refused', 'quarantined', 'filtered'] as const)
      .map(
        (
          outcome,
        ) => `(select count(*) from (select 1 from outcome where workspace_id = $1 and outcome = '${outcome}'
           and raw is not null and replayed_at is null and dismissed_at is null limit $2) open) as ${outcome}`,
      )
      .join(', ')}`,
    [workspace, OPEN_OUTCOMES_COUNTED_MAX],
  )
  return rows[0] as OpenOutcomesAnswer
}

/** Notes which positions outcomes got when they were sent again. */
export async function noteReplayed(
  database: Database,
  workspace: number,
  replayed: ReadonlyMap<number, number>,
): Promise<void> {
  await database.query(
    `update outcome o set replayed_position = k.position
     from unnest($2::bigint[], $3::bigint[]) as k (id, position)
     where o.workspace_id = $1 and o.id = k.id`,
    [workspace, [...replayed.keys()], [...replayed.values()]],
  )
}

/** How the event at a position ended, if not by being processed. */
export async function findEnding(
  database: Database,
  workspace: number,
  position: number,
): Promise<Pick<OutcomeRow, 'outcome' | 'code' | 'message'> | undefined> {
  const { rows } = await database.query<OutcomeRow>({
    name: 'ending_at',
    text: `select outcome, code, message from outcome
           where workspace_id = $1 and coalesce(position, after_position) = $2 and position = $2`,
    values: [workspace, position],
  })
  return rows[0]
}
