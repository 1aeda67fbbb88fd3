import { bytesCell, copyRow } from '../database/copy-row.ts'
import { type DatabaseWriter, NothingChanged } from '../database/database-writer.ts'
import { copyStatement, type Statement } from '../database/statement.ts'
import { describeDeliveries } from '../stores/delivery-table.ts'
import { describeIdentityChanges } from '../stores/identity-store.ts'
import type { MessageIds } from '../stores/message-ids.ts'
import { describeRefusedCommand } from '../stores/refused-commands.ts'
import type { BatchDecision, EndedEvent } from './decide-batch.ts'
import type { CommandDecision } from './decide-command.ts'
import { commandToLoad, encodeLoadEntry, type LoadableDecision } from './load-entry.ts'
import type { ReviewDecision } from './people-review.ts'

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
  /** milliseconds since the epoch; the day of deliveries must be there */
  readonly now: number
}

/**
 * Saves a decided batch in one transaction: cursor, state, identity, deduplication, outcomes, the door to ClickHouse. All or nothing.
 * @throws LeaseLost when the cursor is not where this walk left it
 */
export function saveBatch(writer: DatabaseWriter, batch: BatchToSave): Promise<void> {
  const { workspace, epoch, decision, messageIds, now } = batch
  return save(writer, workspace, [
    moveCursor(workspace, epoch, decision, decision.last - decision.first + 1),
    ...describeIdentityChanges(workspace, decision.changes, decision),
    ...messageIds.describeNew(decision.marks),
    ...describeTimers(workspace, decision),
    ...describeOutcomes(workspace, decision.ended),
    ...describeWarnings(workspace, decision),
    ...describeDeliveries(workspace, decision, now),
    ...describeLoadEntry(workspace, decision, decision.last - decision.first + 1),
  ])
}

/**
 * Saves a decided command: its effect and the cursor, in one transaction.
 * @throws LeaseLost when the cursor is not where this walk left it
 */
export function saveCommand(
  writer: DatabaseWriter,
  command: { workspace: number; epoch: number; decision: CommandDecision; now: number },
): Promise<void> {
  const { workspace, epoch, decision, now } = command
  const { position, changes, moves, links, memberships, counters, clock } = decision
  return save(writer, workspace, [
    moveCursor(
      workspace,
      epoch,
      { first: position, last: position, ended: [], counters, clock },
      0,
      decision.changesSettings,
    ),
    ...describeIdentityChanges(workspace, changes, decision),
    ...describeRules(workspace, decision),
    ...decision.statements,
    ...describeRefusal(workspace, decision),
    ...describeTimers(workspace, decision),
    ...describeDeliveries(workspace, decision, now),
    ...describeLoadEntry(workspace, commandToLoad(position, { moves, links, memberships }), 0),
  ])
}

function describeRefusal(workspace: number, { position, result }: CommandDecision): Statement[] {
  return result.kind === 'void' ? [describeRefusedCommand(workspace, position, result.reason)] : []
}

function describeRules(workspace: number, { rules, position }: CommandDecision): Statement[] {
  if (rules === undefined) return []
  return [
    {
      kind: 'query',
      text: `insert into identity_rules (workspace_id, rules, position) values ($1, $2, $3)
             on conflict (workspace_id) do update set rules = excluded.rules, position = excluded.position`,
      values: [workspace, JSON.stringify(rules), position],
    },
  ]
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
function describeLoadEntry(workspace: number, decision: LoadableDecision, events: number): Statement[] {
  const body = bytesCell(encodeLoadEntry(decision))
  const row = copyRow([workspace, decision.first, decision.last, events, body])
  return copyStatement('load_entry (workspace_id, first_position, last_position, events, body)', row)
}

/**
 * @param events that the cursor passes; 0 for a command
 * @param changesSettings whether rules, audiences or connections are others from now on
 */
function moveCursor(
  workspace: number,
  epoch: number,
  decision: Pick<BatchDecision, 'first' | 'last' | 'ended' | 'counters' | 'clock'>,
  events: number,
  changesSettings = false,
): Statement {
  const { first, last, ended, counters, clock } = decision
  const duplicates = ended.filter((event) => event.as === 'duplicate').length
  return {
    kind: 'query',
    name: 'move_cursor',
    text: `update walk set position = $4, next_fragment = $5, next_identifier = $6, next_ledger = $7,
             processed = processed + $8, duplicates = duplicates + $9, quarantined = quarantined + $10, clock = $11, generation = generation + $12
           where workspace_id = $1 and position = $2 and epoch = $3`,
    values: [
      workspace,
      first - 1,
      epoch,
      last,
      counters.fragment,
      counters.identifier,
      counters.ledger,
      events,
      duplicates,
      ended.length - duplicates,
      clock,
      changesSettings ? 1 : 0,
    ],
    mustChange: true,
  }
}

function describeTimers(workspace: number, { timers, cold }: ReviewDecision): Statement[] {
  const moments = timers.map(({ at, profile }) => copyRow([workspace, at, profile])).join('')
  return [
    ...copyStatement('timer (workspace_id, at, profile)', moments),
    ...(cold.length === 0 ? [] : [describeCold(workspace, cold)]),
  ]
}

/** A place that is cold already, as after a merge, is noted once. */
function describeCold(workspace: number, cold: ReviewDecision['cold']): Statement {
  return {
    kind: 'query',
    name: 'note_cold',
    text: `insert into cold_series (workspace_id, series, fragment)
           select $1, series, fragment from unnest($2::int[], $3::bigint[]) as c (series, fragment) on conflict do nothing`,
    values: [workspace, cold.map(({ series }) => series), cold.map(({ fragment }) => fragment)],
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
