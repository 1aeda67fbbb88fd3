import { describeAudiencePart } from '../audiences/audience-part.ts'
import { describeDeliveries } from '../delivery/delivery-table.ts'
import { describeOutcomes } from '../explorer/outcome-table.ts'
import { describeIdentityChanges } from '../identity/identity-store.ts'
import { describeRules } from '../identity/rules-store.ts'
import type { MessageIds } from '../ingest/message-ids.ts'
import { describeWarnings } from '../ingest/source-warnings.ts'
import { moveCursor } from '../log/cursors.ts'
import { type DatabaseWriter, NothingChanged } from '../platform/database/database-writer.ts'
import type { Statement } from '../platform/database/statement.ts'
import type { FactSource } from '../platform/processing/fact-source.ts'
import { describeLoadEntry } from '../warehouse/load-entry-table.ts'
import type { BatchDecision } from './decide-batch.ts'
import type { CommandDecision } from './decide-command.ts'
import { loadableBatch, loadableCommand } from './loadable.ts'
import { describeRejectedCommand } from './rejected-commands.ts'

/** Another process holds the workspace: what was decided here is void. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/** What every save needs. */
interface Saving {
  readonly workspace: number
  /** under which the workspace is held */
  readonly epoch: number
  readonly facts: readonly FactSource<unknown>[]
  /** milliseconds since the epoch; the day of deliveries must be there */
  readonly now: number
}

/** A decided batch on its way to the database. */
export interface BatchToSave extends Saving {
  readonly decision: BatchDecision
  readonly messageIds: MessageIds
}

/**
 * Saves a decided batch in one transaction: cursor, state, identity, deduplication, outcomes, what waits for
 * ClickHouse. All or nothing.
 * @throws LeaseLost when the cursor is not where this processor left it
 */
export function saveBatch(writer: DatabaseWriter, batch: BatchToSave): Promise<void> {
  const { workspace, epoch, facts, decision, messageIds, now } = batch
  const { first, last, ended, identity, clock } = decision
  const events = last - first + 1
  const duplicates = ended.filter((event) => event.as === 'duplicate').length
  const quarantined = ended.length - duplicates
  return save(writer, workspace, [
    moveCursor(workspace, epoch, {
      first,
      last,
      clock,
      counters: identity.counters,
      counted: { processed: events, duplicates, quarantined },
      changesSettings: false,
    }),
    ...describeIdentityChanges(workspace, identity.changes, identity),
    ...messageIds.describeNew(decision.marks),
    ...describeAudiencePart(workspace, decision.audiences),
    ...describeOutcomes(workspace, ended),
    ...describeWarnings(workspace, decision.warnings),
    ...describeDeliveries(workspace, decision.delivery, now),
    ...describeLoadEntry(workspace, loadableBatch(decision), events, facts),
  ])
}

/**
 * Saves a decided command: its effect and the cursor, in one transaction.
 * @throws LeaseLost when the cursor is not where this processor left it
 */
export function saveCommand(
  writer: DatabaseWriter,
  command: Saving & { readonly decision: CommandDecision },
): Promise<void> {
  const { workspace, epoch, facts, decision, now } = command
  const { position, identity, clock, changesSettings, rules, result } = decision
  return save(writer, workspace, [
    moveCursor(workspace, epoch, {
      first: position,
      last: position,
      clock,
      counters: identity.counters,
      counted: { processed: 0, duplicates: 0, quarantined: 0 },
      changesSettings,
    }),
    ...describeIdentityChanges(workspace, identity.changes, identity),
    ...describeRules(workspace, rules, position),
    ...decision.statements,
    ...(result.kind === 'void' ? [describeRejectedCommand(workspace, position, result.reason)] : []),
    ...describeAudiencePart(workspace, decision.audiences),
    ...describeDeliveries(workspace, decision.delivery, now),
    ...describeLoadEntry(workspace, loadableCommand(decision), 0, facts),
  ])
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
    throw new LeaseLost(`Workspace ${workspace} is processed by another process.`, { cause: error })
  }
}
