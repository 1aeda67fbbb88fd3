import type { ConnectionRow } from '@affluent/core/delivery/connection-row'
import { changeConnection, deleteConnection, putConnection } from '@affluent/core/delivery/plan-connection'
import type { Rejection } from '@affluent/protocol/codes'
import { type CommandOutcome, rejected } from '../platform/processing/command-decision.ts'
import type { ChangeConnection, DeleteConnection, PutConnection } from './command.ts'
import { describeConnection } from './connection-store.ts'
import type { DeliveryInput } from './delivery-input.ts'

/** Makes a connection, unless what it names is gone by now. */
export async function decidePutConnection(
  input: DeliveryInput,
  command: PutConnection,
): Promise<CommandOutcome> {
  const { workspace, database, connections, audiences, run } = input
  const { rows } = await database.query<{ id: number }>(
    'select id from destination where workspace_id = $1 and id = $2',
    [workspace, command.destination],
  )
  const facts = {
    rows: connections.rows,
    audiences: new Set(audiences.audiences.map(({ key }) => key)),
    destinations: new Set(rows.map(({ id }) => id)),
    zone: audiences.zone,
  }
  return changed(workspace, putConnection(facts, command, { position: run.first, at: command.at }))
}

/** Changes what a connection lets pass, what it makes of it, or whether it does so at all. */
export function decideChangeConnection(
  { workspace, connections, audiences }: DeliveryInput,
  command: ChangeConnection,
): CommandOutcome {
  const facts = { rows: connections.rows, zone: audiences.zone }
  return changed(workspace, changeConnection(facts, command.connection, command, command.at))
}

/** Takes a connection away. What it has queued already is still sent. */
export function decideDeleteConnection(
  { workspace, connections }: DeliveryInput,
  { connection }: DeleteConnection,
): CommandOutcome {
  const rejection = deleteConnection(connections.rows, connection)
  if (rejection !== undefined) return rejected(rejection)
  const text = 'delete from connection where workspace_id = $1 and id = $2'
  return { statements: [{ kind: 'query', text, values: [workspace, connection] }], changesSettings: true }
}

function changed(workspace: number, decided: ConnectionRow | Rejection): CommandOutcome {
  if ('code' in decided) return rejected(decided)
  return { statements: [describeConnection(workspace, decided)], changesSettings: true }
}
