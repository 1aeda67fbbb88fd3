import { DELIVERY_DAYS } from '@affluent/protocol/limits'
import { describeNextDelivery } from '../log/cursors.ts'
import { type Database, inTransaction } from '../platform/database/connect.ts'
import { copyRow } from '../platform/database/copy-row.ts'
import { dayOf } from '../platform/database/day-of.ts'
import { copyStatement, type Statement } from '../platform/database/statement.ts'
import type { DeliveryPart } from '../platform/processing/batch-decision.ts'

const TABLES = ['delivery', 'delivery_end', 'delivery_attempt'] as const
const DAYS_LOCK = 4_731_004
const DAY_MS = 86_400_000

/**
 * The statements that enqueue deliveries.
 * @param now milliseconds since the epoch; its day must be there
 */
export function describeDeliveries(
  workspace: number,
  { deliveries, nextDelivery }: DeliveryPart,
  now: number,
): Statement[] {
  if (deliveries.length === 0) return []
  const day = dayOf(now)
  const at = new Date(now).toISOString()
  const queued = new Map<number, number>()
  let rows = ''
  for (const each of deliveries) {
    queued.set(each.destination, (queued.get(each.destination) ?? 0) + 1)
    rows += copyRow([
      ...[day, workspace, each.number, each.destination, each.connection, each.position, each.profile],
      ...[each.eventType, each.eventName, each.purpose, at, each.audience ?? null],
      each.since === undefined ? null : new Date(each.since).toISOString(),
      ...[each.mergedInto ?? null, each.body ?? null, each.traits ?? null, each.held ?? null],
    ])
  }
  const columns =
    'day, workspace_id, number, destination_id, connection, position, profile, event_type, event_name, purpose, created_at, audience, since, merged_into, body, traits, held'
  const destinations = [...queued.keys()].sort((a, b) => a - b)
  return [
    ...copyStatement(`delivery (${columns})`, rows),
    {
      kind: 'query',
      name: 'count_owed',
      text: `update delivery_enqueued d set enqueued = d.enqueued + n.enqueued from unnest($1::int[], $2::bigint[]) as n (id, enqueued)
             where d.destination_id = n.id`,
      values: [destinations, destinations.map((id) => queued.get(id))],
    },
    describeNextDelivery(workspace, nextDelivery),
  ]
}

/** The days of the tables of deliveries: made before the first delivery of a day, dropped whole when they are old. */
export class DeliveryDays {
  readonly #database: Database
  readonly #known = new Set<string>()

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Makes the day of a moment where it is missing, a table at a time, so that nobody waits crosswise. @param now
   * milliseconds since the epoch
   */
  async ensure(now: number): Promise<void> {
    const day = dayOf(now)
    if (this.#known.has(day)) return
    const next = dayOf(now + DAY_MS)
    for (const table of TABLES)
      await inTransaction(this.#database, async (client) => {
        await client.query('select pg_advisory_xact_lock($1)', [DAYS_LOCK])
        await client.query(
          `create table if not exists ${partOf(table, day)} partition of ${table} for values from ('${day}') to ('${next}')`,
        )
      })
    this.#known.add(day)
  }

  /**
   * Drops days that are too old. What is still queued of them is cancelled, and counted as that.
   * @returns the days
   */
  async dropOld(now: number): Promise<string[]> {
    const { rows } = await this.#database.query<{ name: string }>(
      `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = 'delivery'::regclass order by 1`,
    )
    const first = dayOf(now - DELIVERY_DAYS * DAY_MS)
    const days = rows.map(({ name }) => name.slice('delivery_'.length).replaceAll('_', '-'))
    const dropped = days.filter((day) => day < first)
    for (const day of dropped) await this.#drop(day)
    // tomorrow's is there before anybody needs it
    await this.ensure(now + DAY_MS)
    return dropped
  }

  #drop(day: string): Promise<void> {
    this.#known.delete(day)
    return inTransaction(this.#database, async (client) => {
      await client.query('select pg_advisory_xact_lock($1)', [DAYS_LOCK])
      // whoever reads an old day for long is not waited for: others would wait behind us
      await client.query("set local lock_timeout = '2s'")
      const parts = [...TABLES].reverse().map((table) => partOf(table, day))
      await client.query(`lock table ${parts.join(', ')} in access exclusive mode`)
      await client.query(
        `update delivery_queue q set cancelled = cancelled + o.open from (
           select d.destination_id as id, count(*) as open from ${partOf('delivery', day)} d
           where not exists (select 1 from ${partOf('delivery_end', day)} e where e.workspace_id = d.workspace_id and e.number = d.number)
           group by d.destination_id) o
         where q.destination_id = o.id`,
      )
      await client.query('delete from delivery_wait where day = $1', [day])
      await client.query(`drop table ${parts.join(', ')}`)
    })
  }
}

function partOf(table: (typeof TABLES)[number], day: string): string {
  return `${table}_${day.replaceAll('-', '_')}`
}
