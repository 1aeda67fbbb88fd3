import { bytesCell, copyRow } from '../database/copy-row.ts'
import { type DatabaseWriter, NothingChanged } from '../database/database-writer.ts'
import { copyStatement, type Statement } from '../database/statement.ts'
import { describeIdentityChanges } from '../stores/identity-store.ts'
import type { MessageIds } from '../stores/message-ids.ts'
import type { CommandRun } from './command.ts'
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
export function saveBatch(writer: DatabaseWriter, batch: BatchToSave): Promise<void> {
  const { workspace, epoch, decision, messageIds } = batch
  return save(writer, workspace, [
    moveCursor(workspace, epoch, decision),
    ...describeIdentityChanges(workspace, decision.changes, decision),
    ...messageIds.describeNew(decision.marks),
    ...describeOutcomes(workspace, decision.ended),
    ...describeWarnings(workspace, decision),
    ...describeLoadEntry(workspace, decision, decision.last - decision.first + 1),
  ])
}

/**
 * Saves a command: its effect and the cursor, in one transaction.
 * @param isVoid it could not be saved in several tries: only the cursor moves past it
 * @throws LeaseLost when the cursor is not where this walk left it
 */
export function saveCommand(
  writer: DatabaseWriter,
  { workspace, epoch, run, isVoid }: { workspace: number; epoch: number; run: CommandRun; isVoid: boolean },
): Promise<void> {
  const position = run.first
  return save(writer, workspace, [
    {
      kind: 'query',
      text: 'update walk set position = $3 where workspace_id = $1 and position = $2 and epoch = $4',
      values: [workspace, position - 1, position, epoch],
      mustChange: true,
    },
    ...(isVoid ? [] : [describeEffect(workspace, run)]),
    ...describeLoadEntry(workspace, { first: position, last: position, processed: [], moves: [] }, 0),
  ])
}

function describeEffect(workspace: number, { first, command }: CommandRun): Statement {
  return {
    kind: 'query',
    text: `insert into identity_rules (workspace_id, rules, position) values ($1, $2, $3)
           on conflict (workspace_id) do update set rules = excluded.rules, position = excluded.position`,
    values: [workspace, JSON.stringify(command.rules), first],
  }
}

async function save(
  writer: DatabaseWriter,
  workspace: number,
  statements: readonly Statement[],
): Promise<void> {
  try {
    await writer.run(statements)
  } catch (error) {
    if (!(error instanceof NothingChanged)) throw error
    throw new LeaseLost(`Workspace ${workspace} is walked by another process.`, { cause: error })
  }
}

/** @param events that the entry stands for; 0 for a command */
function describeLoadEntry(
  workspace: number,
  decision: Pick<BatchDecision, 'first' | 'last' | 'processed' | 'moves'>,
  events: number,
): Statement[] {
  const body = bytesCell(encodeLoadEntry(decision))
  const row = copyRow([workspace, decision.first, decision.last, events, body])
  return copyStatement('load_entry (workspace_id, first_position, last_position, events, body)', row)
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

/** All warnings of a batch in one statement, always in the same order. */
function describeWarnings(workspace: number, decision: BatchDecision): Statement[] {
  const rows = [...decision.warnings]
    .flatMap(([source, counts]) => [...counts].map(([code, counted]) => ({ source, code, ...counted })))
    .sort((a, b) => a.source - b.source || (a.code < b.code ? -1 : 1))
  if (rows.length === 0) return []
  return [
    {
      kind: 'query',
      name: 'count_warnings',
      text: `insert into source_warning as w (workspace_id, source_id, code, count, last_message, last_at)
             select $1, source_id, code, count, message, now()
             from unnest($2::int[], $3::text[], $4::bigint[], $5::text[]) as n (source_id, code, count, message)
             on conflict (workspace_id, source_id, code) do update
             set count = w.count + excluded.count, last_message = excluded.last_message, last_at = excluded.last_at`,
      values: [
        workspace,
        rows.map(({ source }) => source),
        rows.map(({ code }) => code),
        rows.map(({ count }) => count),
        rows.map(({ message }) => message),
      ],
    },
  ]
}
