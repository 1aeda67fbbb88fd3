import { webhook } from '@affluent/connectors/destinations/webhook/webhook'
import { ConditionError } from '@affluent/core/condition/condition-error'
import type { Connection, ConnectionFrom } from '@affluent/core/delivery/connection'
import type { ConnectionRow } from '@affluent/core/delivery/connection-row'
import { compileFilter } from '@affluent/core/delivery/filter'
import { Connections } from '@affluent/core/delivery/route'
import type { Reader } from '../platform/database/connect.ts'
import type { Statement } from '../platform/database/statement.ts'
import { readHome } from '../platform/workspace/workspace-home.ts'

/** A connection as it is kept, and whether it is understood. */
export interface KnownConnection extends ConnectionRow {
  /** why its filter cannot be understood; it sends nothing until that is fixed */
  readonly fault: string | null
}

/** The connections of a workspace, as rows and ready to be asked. */
export interface ConnectionSet {
  readonly rows: readonly KnownConnection[]
  /** only what is switched on */
  readonly routes: Connections
}

export const NO_CONNECTIONS: ConnectionSet = { rows: [], routes: new Connections([]) }

/** Reads the connections of a workspace and compiles their filters. */
export async function readConnections(database: Reader, workspace: number): Promise<ConnectionSet> {
  const { zone } = await readHome(database, workspace)
  const { rows: kept } = await database.query<ConnectionRow & { name: string }>({
    name: 'connections',
    text: `select c.id, c.destination_id as destination, c.source, c.audience, c.action, c.filter, c.mapping, c.required, c.purpose, c.enabled,
             c.members_after as "membersAfter", c.members_sent as "membersSent", c.members_of as "membersOf",
             c.created_at as "createdAt", c.changed_at as "changedAt", d.name
           from connection c join destination d on d.id = c.destination_id
           where c.workspace_id = $1 order by c.id`,
    values: [workspace],
  })
  const rows: KnownConnection[] = []
  const enabled: Connection[] = []
  for (const { name, ...row } of kept) {
    try {
      const connection = compile(row, name, zone)
      if (row.enabled) enabled.push(connection)
      rows.push({ ...row, fault: null })
    } catch (error) {
      // taken by an older version, and not understood by this one: the others go on
      if (!(error instanceof ConditionError)) throw error
      rows.push({ ...row, fault: error.message })
    }
  }
  return { rows, routes: new Connections(enabled) }
}

function compile(row: ConnectionRow, destinationName: string, zone: string): Connection {
  return {
    id: row.id,
    from: fromOf(row),
    destination: row.destination,
    purpose: row.purpose,
    rule: { mapping: row.mapping ?? undefined, required: row.required },
    accepts: compileFilter(row.filter, zone),
    destinationNames: [destinationName.toLowerCase(), webhook.key],
  }
}

/** What flows into a connection. */
export function fromOf({ source, audience }: Pick<ConnectionRow, 'source' | 'audience'>): ConnectionFrom {
  return audience === null ? { source: source as string } : { audience }
}

/** A connection as it is from now on, as a statement. */
export function describeConnection(workspace: number, row: ConnectionRow): Statement {
  return {
    kind: 'query',
    text: `insert into connection (workspace_id, id, destination_id, source, audience, action, filter, mapping, required, purpose, enabled,
             members_after, members_sent, members_of, created_at, changed_at)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
           on conflict (workspace_id, id) do update set filter = excluded.filter, mapping = excluded.mapping,
             required = excluded.required, enabled = excluded.enabled, members_after = excluded.members_after,
             members_sent = excluded.members_sent, members_of = excluded.members_of, changed_at = excluded.changed_at`,
    values: [
      workspace,
      row.id,
      row.destination,
      row.source,
      row.audience,
      row.action,
      jsonCell(row.filter),
      jsonCell(row.mapping),
      row.required,
      row.purpose,
      row.enabled,
      row.membersAfter,
      row.membersSent,
      row.membersOf,
      row.createdAt.toISOString(),
      row.changedAt.toISOString(),
    ],
  }
}

function jsonCell(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value)
}
