import { DELIVERY_DAYS } from '@affluent/protocol/limits'
import { type Database, inTransaction } from '../database/connect.ts'
import { copyRow } from '../database/copy-row.ts'
import { copyStatement, type Statement } from '../database/statement.ts'
import type { RoutedDelivery } from '../pipeline/route.ts'
import { dayOf } from './message-ids.ts'

const TABLES = ['delivery', 'delivery_end', 'delivery_attempt'] as const
const DAYS_LOCK = 4_731_004
const DAY_MS = 86_400_000

/**
 * The statements that owe deliveries.
 * @param now milliseconds since the epoch; its day must be there
 */
export function describeDeliveries(
  workspace: number,
  {
    deliveries,
    nextDelivery,
  }: { readonly deliveries: readonly RoutedDelivery[]; readonly nextDelivery: number },
  now: number,
): Statement[] {
  if (deliveries.length === 0) return []
  const day = dayOf(now)
  const at = new Date(now).toISOString()
  const owed = new Map<number, number>()
  let rows = ''
  for (const each of deliveries) {
    owed.set(each.destination, (owed.get(each.destination) ?? 0) + 1)
    rows += copyRow([
      ...[day, workspace, each.number, each.destination, each.connection, each.position, each.profile],
      ...[each.eventType, each.eventName, each.purpose, at, each.audience ?? null],
      each.since === undefined ? null : new Date(each.since).toISOString(),
      ...[each.mergedInto ?? null, each.body ?? null, each.traits ?? null, each.held ?? null],
    ])
  }
  const columns =
    'day, workspace_id, number, destination_id, connection, position, profile, event_type, event_name, purpose, created_at, audience, since, merged_into, body, traits, held'
  const destinations = [...owed.keys()].sort((a, b) => a - b)
  return [
    ...copyStatement(`delivery (${columns})`, rows),
    {
      kind: 'query',
      name: 'count_owed',
      text: `update delivery_owed d set owed = d.owed + n.owed from unnest($1::int[], $2::bigint[]) as n (id, owed)
             where d.destination_id = n.id`,
      values: [destinations, destinations.map((id) => owed.get(id))],
    },
    {
      kind: 'query',
      name: 'next_delivery',
      text: 'update walk set next_delivery = $2 where workspace_id = $1',
      values: [workspace, nextDelivery],
    },
  ]
}

/** The days of the tables of deliveries: made before the first delivery of a day, dropped whole when they are old. */
export class DeliveryDays {
  readonly #database: Database
  readonly #known = new Set<string>()

  constructor(database: Database) {
    this.#database = database
  }

  /** Makes the day of a moment where it is missing, a table at a time, so that nobody waits crosswise. @param now milliseconds since the epoch */
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
   * Drops days that are too old. What is still owed of them is cancelled, and counted as that.
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
