import { bytesCell, copyRow } from '../database/copy-row.ts'
import { type DatabaseWriter, NothingChanged } from '../database/database-writer.ts'
import { copyStatement, type Statement } from '../database/statement.ts'
import { describeIdentityChanges } from '../stores/identity-store.ts'
import type { MessageIds } from '../stores/message-ids.ts'
import type { BatchDecision, EndedEvent } from './decide-batch.ts'
import { encodeLoadEntry } from './load-entry.ts'

/** Another process holds the workspace's walk: what was decided here is void. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** A decided batch on its way to the database. */
export interface BatchToSave {
  readonly workspace: number
  /** under which the walk is held */
  readonly epoch: number
  readonly decision: BatchDecision
  readonly messageIds: MessageIds
}

/**
 * Saves a decided batch in one transaction: cursor, state, identity, deduplication, outcomes, the door to ClickHouse. All or nothing.
 * @throws LeaseLost when the cursor is not where this walk left it
 */
export async function saveBatch(writer: DatabaseWriter, batch: BatchToSave): Promise<void> {
  try {
    await writer.run(describeSave(batch))
  } catch (error) {
    if (!(error instanceof NothingChanged)) throw error
    throw new LeaseLost(`Workspace ${batch.workspace} is walked by another process.`, { cause: error })
  }
}

function describeSave({ workspace, epoch, decision, messageIds }: BatchToSave): Statement[] {
  const entry = copyRow([workspace, decision.first, decision.last, bytesCell(encodeLoadEntry(decision))])
  return [
    moveCursor(workspace, epoch, decision),
    ...describeIdentityChanges(workspace, decision.changes, decision),
    ...messageIds.describeNew(decision.marks),
    ...describeOutcomes(workspace, decision.ended),
    ...describeWarnings(workspace, decision),
    ...copyStatement('load_entry (workspace_id, first_position, last_position, body)', entry),
  ]
}

function moveCursor(workspace: number, epoch: number, decision: BatchDecision): Statement {
  const { first, last, ended, counters } = decision
  const duplicates = ended.filter((event) => event.as === 'duplicate').length
  return {
    kind: 'query',
    name: 'move_cursor',
    text: `update walk set position = $4, next_fragment = $5, next_identifier = $6, next_ledger = $7,
             processed = processed + $8, duplicates = duplicates + $9, quarantined = quarantined + $10
           where workspace_id = $1 and position = $2 and epoch = $3`,
    values: [
      workspace,
      first - 1,
      epoch,
      last,
      counters.fragment,
      counters.identifier,
      counters.ledger,
      last - first + 1,
      duplicates,
      ended.length - duplicates,
    ],
    mustChange: true,
  }
}

function describeOutcomes(workspace: number, ended: readonly EndedEvent[]): Statement[] {
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
    ]),
  )
  const columns =
    'workspace_id, outcome, code, message, path, source_id, position, message_id, received_at, raw'
  return copyStatement(`outcome (${columns})`, rows.join(''))
}

function describeWarnings(workspace: number, decision: BatchDecision): Statement[] {
  const sources = [...decision.warnings].sort(([a], [b]) => a - b)
  return sources.flatMap(([source, counts]) =>
    [...counts].sort().map(([code, { count, message }]) => ({
      kind: 'query' as const,
      text: `insert into source_warning as w (workspace_id, source_id, code, count, last_message, last_at)
             values ($1, $2, $3, $4, $5, now())
             on conflict (workspace_id, source_id, code) do update
             set count = w.count + excluded.count, last_message = excluded.last_message, last_at = excluded.last_at`,
      values: [workspace, source, code, count, message],
    })),
  )
}
