import { type Client, type Database, inTransaction } from '../database/connect.ts'
import { bytesCell, copyIn, copyRow } from '../database/copy.ts'
import { saveIdentity } from '../stores/identity-store.ts'
import type { MessageIds } from '../stores/message-ids.ts'
import type { BatchDecision, EndedEvent } from './decide-batch.ts'
import { encodeLoadEntry } from './load-entry.ts'

/** Another process holds the workspace's walk: what was decided here is void. */
export class LeaseLost extends Error {
  override readonly name = 'LeaseLost'
}

/**
 * Saves a decided batch in one transaction: cursor, state, identity, deduplication, outcomes, the door to ClickHouse. All or nothing.
 * @param batch.epoch under which the walk is held
 * @throws LeaseLost when the cursor is not where this walk left it
 */
export async function saveBatch(
  database: Database,
  batch: { workspace: number; epoch: number; decision: BatchDecision; messageIds: MessageIds },
): Promise<void> {
  const { workspace, decision } = batch
  await inTransaction(database, async (client) => {
    await moveCursor(client, batch)
    await saveIdentity(client, workspace, decision.changes, {
      made: decision.made,
      changed: decision.changed,
    })
    await batch.messageIds.save(client, decision.marks)
    await saveOutcomes(client, workspace, decision.ended)
    await saveWarnings(client, workspace, decision)
    await copyIn(
      client,
      'load_entry (workspace_id, first_position, last_position, body)',
      copyRow([workspace, decision.first, decision.last, bytesCell(encodeLoadEntry(decision))]),
    )
  })
}

async function moveCursor(
  client: Client,
  batch: { workspace: number; epoch: number; decision: BatchDecision },
): Promise<void> {
  const { first, last, ended, counters } = batch.decision
  const duplicates = ended.filter((event) => event.as === 'duplicate').length
  const { rowCount } = await client.query({
    name: 'move_cursor',
    text: `update walk set position = $4, next_fragment = $5, next_identifier = $6, next_ledger = $7,
             processed = processed + $8, duplicates = duplicates + $9, quarantined = quarantined + $10
           where workspace_id = $1 and position = $2 and epoch = $3`,
    values: [
      batch.workspace,
      first - 1,
      batch.epoch,
      last,
      counters.fragment,
      counters.identifier,
      counters.ledger,
      last - first + 1,
      duplicates,
      ended.length - duplicates,
    ],
  })
  if (rowCount !== 1) throw new LeaseLost(`Workspace ${batch.workspace} is walked by another process.`)
}

async function saveOutcomes(client: Client, workspace: number, ended: readonly EndedEvent[]): Promise<void> {
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
  await copyIn(client, `outcome (${columns})`, rows.join(''))
}

async function saveWarnings(client: Client, workspace: number, decision: BatchDecision): Promise<void> {
  const sources = [...decision.warnings].sort(([a], [b]) => a - b)
  for (const [source, counts] of sources) {
    for (const [code, { count, message }] of [...counts].sort()) {
      await client.query(
        `insert into source_warning as w (workspace_id, source_id, code, count, last_message, last_at)
         values ($1, $2, $3, $4, $5, now())
         on conflict (workspace_id, source_id, code) do update
         set count = w.count + excluded.count, last_message = excluded.last_message, last_at = excluded.last_at`,
        [workspace, source, code, count, message],
      )
    }
  }
}
