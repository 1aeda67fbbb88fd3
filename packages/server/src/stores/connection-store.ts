import { webhook } from '@affluent/connectors/destinations/webhook/webhook'
import { ConditionFault } from '@affluent/core/condition/condition-fault'
import type { Connection, ConnectionFrom } from '@affluent/core/delivery/connection'
import { compileFilter } from '@affluent/core/delivery/filter'
import { Connections } from '@affluent/core/delivery/route'
import type { Mapping } from '@affluent/protocol/delivery-api'
import type { Json } from '@affluent/protocol/event'
import type { Reader } from './identity-store.ts'

/** A connection as it is kept. */
export interface ConnectionRow {
  readonly id: number
  readonly destination: number
  readonly source: string | null
  readonly audience: string | null
  readonly action: string
  readonly filter: Json
  readonly mapping: Mapping | null
  readonly required: readonly string[]
  readonly purpose: string
  readonly enabled: boolean
  /** up to which profile current members have been sent; null: nobody asked for that */
  readonly membersAfter: number | null
  readonly membersSent: number
  readonly membersOf: number | null
  readonly createdAt: Date
  readonly changedAt: Date
  /** why its filter cannot be understood; it sends nothing until that is mended */
  readonly fault: string | null
}

/** All current members have been sent. */
export const MEMBERS_DONE = -1

/** The connections of a workspace, as rows and ready to be asked. */
export interface ConnectionSet {
  readonly rows: readonly ConnectionRow[]
  /** only what is switched on */
  readonly routes: Connections
}

export const NO_CONNECTIONS: ConnectionSet = { rows: [], routes: new Connections([]) }

/** Reads the connections of a workspace and compiles their filters. */
export async function readConnections(database: Reader, workspace: number): Promise<ConnectionSet> {
  const { rows: kept } = await database.query<Omit<ConnectionRow, 'fault'> & { name: string; zone: string }>({
    name: 'connections',
    text: `select c.id, c.destination_id as destination, c.source, c.audience, c.action, c.filter, c.mapping, c.required, c.purpose, c.enabled,
             c.members_after as "membersAfter", c.members_sent as "membersSent", c.members_of as "membersOf",
             c.created_at as "createdAt", c.changed_at as "changedAt", d.name, w.zone
           from connection c join destination d on d.id = c.destination_id join workspace w on w.id = c.workspace_id
           where c.workspace_id = $1 order by c.id`,
    values: [workspace],
  })
  const rows: ConnectionRow[] = []
  const enabled: Connection[] = []
  for (const { name, zone, ...row } of kept) {
    try {
      const connection = compile(row, name, zone)
      if (row.enabled) enabled.push(connection)
      rows.push({ ...row, fault: null })
    } catch (error) {
      // taken by an older version, and not understood by this one: the others go on
      if (!(error instanceof ConditionFault)) throw error
      rows.push({ ...row, fault: error.message })
    }
  }
  return { rows, routes: new Connections(enabled) }
}

function compile(row: Omit<ConnectionRow, 'fault'>, destinationName: string, zone: string): Connection {
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
