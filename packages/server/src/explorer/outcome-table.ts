import { OUTCOME_DAYS, QUARANTINE_BYTES_MAX } from '@affluent/protocol/limits'
import { headSql } from '../log/cursors.ts'
import type { RefusedEvent } from '../log/event-log.ts'
import type { Database } from '../platform/database/connect.ts'
import { bytesCell, copyRow } from '../platform/database/copy-row.ts'
import { copyStatement, type Statement } from '../platform/database/statement.ts'
import type { EndedEvent } from '../platform/processing/ended-event.ts'

/**
 * Events that ended before they were processed, as statements of the transaction that passes them; raw where they may
 * be repaired.
 */
export function describeOutcomes(workspace: number, ended: readonly EndedEvent[]): Statement[] {
  const rows = ended.map(({ as, reason, event, position }) =>
    copyRow([
      workspace,
      as,
      reason.code,
      reason.message,
      reason.path ?? null,
      event.source,
      position,
      event.checked.messageId ?? null,
      new Date(event.receivedAt).toISOString(),
      as === 'duplicate' ? null : bytesCell(event.raw),
      event.checked.type,
      event.checked.name,
      event.history ? 't' : 'f',
      event.timesAsGiven ? 't' : 'f',
    ]),
  )
  const columns =
    'workspace_id, outcome, code, message, path, source_id, position, message_id, received_at, raw, type, name, is_history, times_as_given'
  return copyStatement(`outcome (${columns})`, rows.join(''))
}

/**
 * What the collector refused, as statements of the append's transaction: its lock of the head tells after which
 * position they came.
 */
export function describeRefused(workspace: number, refused: readonly RefusedEvent[]): Statement[] {
  return [
    {
      kind: 'query',
      text: `insert into outcome
               (workspace_id, outcome, code, message, path, source_id, received_at, raw, type, name, is_history, times_as_given, after_position)
             select $1, 'refused', code, message, path, source_id, to_timestamp(received_ms / 1000.0), raw, type, r.name, is_history, times_as_given, ${headSql('$1')}
             from unnest($2::text[], $3::text[], $4::text[], $5::int[], $6::float8[], $7::bytea[], $8::text[], $9::text[], $10::boolean[], $11::boolean[])
               as r (code, message, path, source_id, received_ms, raw, type, name, is_history, times_as_given)`,
      values: [
        workspace,
        refused.map(({ rejection }) => rejection.code),
        refused.map(({ rejection }) => rejection.message),
        refused.map(({ rejection }) => rejection.path ?? null),
        refused.map((entry) => entry.source),
        refused.map((entry) => entry.receivedAt),
        refused.map((entry) => new Uint8Array(entry.raw)),
        refused.map((entry) => entry.type ?? null),
        refused.map((entry) => entry.name ?? null),
        refused.map((entry) => entry.history),
        refused.map((entry) => entry.timesAsGiven),
      ],
    },
  ]
}

const DELETE_ROWS_MAX = 5_000

/** Drops outcomes that are too old, or more than a workspace may keep. */
export async function dropOldOutcomes(database: Database): Promise<void> {
  await database.query(
    `delete from outcome where id in (
       select id from outcome where received_at < now() - $1 * interval '1 day' order by received_at limit $2)`,
    [OUTCOME_DAYS, DELETE_ROWS_MAX],
  )
  // adding up every row is dear: only when the table is so large that a workspace may be over its bound
  const { rows } = await database.query<{ bytes: number }>(
    "select pg_total_relation_size('outcome') as bytes",
  )
  if ((rows[0]?.bytes ?? 0) <= QUARANTINE_BYTES_MAX) return
  await database.query(
    `delete from outcome where id in (
       select id from (
         select id, sum(length(raw)) over (partition by workspace_id order by id desc) as bytes from outcome) kept
       where bytes > $1 limit $2)`,
    [QUARANTINE_BYTES_MAX, DELETE_ROWS_MAX],
  )
}
