import { formatDeliveryId } from '@affluent/core/delivery/delivery-id'
import { connectDatabase } from '@affluent/server/platform/database/connect'
import { profileIdKeyOf } from '@affluent/server/platform/workspace/registry'
import type { StorePlaces } from './read-kept.ts'

/** A delivery as PostgreSQL holds it. */
export interface KeptDelivery {
  /** the webhook-id */
  readonly id: string
  /** of the event; of a membership: undefined */
  readonly messageId: string | undefined
  /** of a membership: whose, and whether entered */
  readonly member: { readonly userId: string; readonly entered: boolean } | undefined
  /** undefined: it has not ended */
  readonly ended: string | undefined
  readonly attempts: number
  /** of its latest try that was answered */
  readonly lastStatus: number | undefined
}

/** All that is kept of one destination's deliveries. */
export interface KeptQueue {
  /** in the order in which they were queued */
  readonly deliveries: readonly KeptDelivery[]
  readonly waiting: number
  /** ends of no delivery of it */
  readonly strayEnds: number
}

const WORKSPACE = 1
// what the server's own sessions must not do is right for one look at everything
const SESSION = 'set enable_seqscan = on; set enable_hashjoin = on; set enable_mergejoin = on'

/** Reads the rows of deliveries of the first workspace, by destination. */
export async function readDeliveries(
  { postgres }: StorePlaces,
  destinations: readonly number[],
): Promise<Map<number, KeptQueue>> {
  const database = connectDatabase(
    () => postgres,
    1,
    () => {},
    { sessionSql: SESSION },
  )
  try {
    const { rows } = await database.query<{ key: Buffer }>(
      'select profile_id_key as key from workspace where id = $1',
      [WORKSPACE],
    )
    const key = profileIdKeyOf((rows[0] as { key: Buffer }).key)
    const queues = new Map<number, KeptQueue>()
    for (const destination of destinations) {
      const deliveries = await database.query<{
        number: number
        messageId: string | null
        event: string
        audience: string | null
        userId: string | null
        ended: string | null
        attempts: number | null
        lastStatus: number | null
      }>(
        `select d.number, d.body::json ->> 'messageId' as "messageId", d.event_name as event, d.audience, e.status as ended,
           a.attempts::int as attempts, a.last as "lastStatus",
           (select i.value from identifier i where d.audience is not null and i.workspace_id = d.workspace_id
            and i.namespace = 'user_id' and i.owner = d.profile) as "userId"
         from delivery d left join delivery_end e on e.workspace_id = d.workspace_id and e.number = d.number and e.day = d.day
           left join (
             select number, count(*) as attempts, (array_agg(status order by at desc))[1] as last from delivery_attempt
             where workspace_id = $1 group by number) a on a.number = d.number
         where d.workspace_id = $1 and d.destination_id = $2 order by d.number`,
        [WORKSPACE, destination],
      )
      const others = await database.query<{ waiting: number; stray: number }>(
        `select (select count(*) from delivery_wait where destination_id = $2)::int as waiting,
           (select count(*) from delivery_end e where e.workspace_id = $1 and e.destination_id = $2 and not exists (
              select 1 from delivery d where d.workspace_id = $1 and d.destination_id = $2 and d.number = e.number))::int as stray`,
        [WORKSPACE, destination],
      )
      queues.set(destination, {
        deliveries: deliveries.rows.map((row) => ({
          id: formatDeliveryId(row.number, key),
          messageId: row.messageId ?? undefined,
          member:
            row.audience === null
              ? undefined
              : { userId: row.userId ?? '', entered: row.event === 'Audience Entered' },
          ended: row.ended ?? undefined,
          attempts: row.attempts ?? 0,
          lastStatus: row.lastStatus ?? undefined,
        })),
        waiting: others.rows[0]?.waiting ?? 0,
        strayEnds: others.rows[0]?.stray ?? 0,
      })
    }
    return queues
  } finally {
    await database.end()
  }
}
