import type { Breaker } from '@affluent/core/delivery/breaker'
import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import type { Database } from '../platform/database/connect.ts'
import { NO_EDIT, readEdits } from '../platform/database/edit-store.ts'
import { type DestinationRow, readDestinations } from './destination-store.ts'

interface HealthRow {
  readonly id: number
  readonly queued: number
  readonly oldestAt: Date | null
  readonly breaker: Breaker
  readonly restUntil: Date | null
  readonly lastDeliveredAt: Date | null
  readonly lastError: string | null
  readonly p95Ms: number | null
  readonly waiting: boolean
  readonly delivered: number
  readonly deliveredFirstTry: number
  readonly failed: number
  readonly held: number
}

/** Destinations with their health, oldest first. @param now milliseconds since the epoch */
export async function viewDestinations(
  database: Database,
  workspace: number,
  now: number,
): Promise<DestinationAnswer[]> {
  const [rows, health, edits] = await Promise.all([
    readDestinations(database, workspace),
    readHealth(database, workspace, now),
    readEdits(database, workspace, 'destination'),
  ])
  return rows.map((row) => {
    const { version, changedBy } = edits.get(String(row.id)) ?? NO_EDIT
    return { ...describe(row, health.get(row.id), now), version, changedBy }
  })
}

async function readHealth(
  database: Database,
  workspace: number,
  now: number,
): Promise<Map<number, HealthRow>> {
  const { rows } = await database.query<HealthRow>({
    name: 'destination_health',
    text: `select q.destination_id as id, greatest(0, o.enqueued - q.delivered - q.failed - q.held - q.cancelled) as queued,
             least(
               (select d.created_at from delivery d where d.workspace_id = $1 and d.destination_id = q.destination_id and d.number > q.done_to
                order by d.number limit 1),
               (select d.created_at from delivery_wait w join delivery d on d.workspace_id = w.workspace_id and d.number = w.number and d.day = w.day
                where w.workspace_id = $1 and w.destination_id = q.destination_id order by w.number limit 1)) as "oldestAt",
             exists (select 1 from delivery_wait w where w.destination_id = q.destination_id and w.tries > 0) as waiting,
             q.breaker, q.rest_until as "restUntil", q.last_delivered_at as "lastDeliveredAt", q.last_error as "lastError",
             q.p95_ms as "p95Ms", coalesce(h.delivered, 0) as delivered, coalesce(h.first_try, 0) as "deliveredFirstTry",
             coalesce(h.failed, 0) as failed, coalesce(h.held, 0) as held
           from delivery_queue q join delivery_enqueued o using (destination_id)
             left join lateral (
               select sum(delivered)::bigint as delivered, sum(delivered_first_try)::bigint as first_try, sum(failed)::bigint as failed,
                 sum(held)::bigint as held
               from delivery_hour h where h.destination_id = q.destination_id and h.hour > $2) h on true
           where q.workspace_id = $1`,
    values: [workspace, new Date(now - 24 * 3_600_000)],
  })
  return new Map(rows.map((row) => [row.id, row]))
}

function describe(
  row: DestinationRow,
  health: HealthRow | undefined,
  now: number,
): Omit<DestinationAnswer, 'version' | 'changedBy'> {
  const { breaker = { state: 'closed' } as Breaker, queued = 0 } = health ?? {}
  const rests =
    health?.restUntil !== null && health?.restUntil !== undefined && health.restUntil.getTime() > now
  const until = breaker.state === 'closed' ? (rests ? health.restUntil : null) : new Date(breaker.until)
  const isTroubled = breaker.state !== 'closed' || rests || health?.waiting === true
  return {
    id: `dst_${row.id}`,
    type: 'webhook',
    name: row.name,
    settings: { url: row.settings.url },
    hasSecret: true,
    enabled: row.enabled,
    createdAt: row.createdAt.toISOString(),
    changedAt: row.changedAt.toISOString(),
    health: {
      state: stateOf(row, health, isTroubled),
      stoppedBecause: row.stoppedBecause,
      queued,
      oldestAgeMs:
        health?.oldestAt == null || queued === 0 ? null : Math.max(0, now - health.oldestAt.getTime()),
      breaker: breaker.state,
      breakerUntil: until?.toISOString() ?? null,
      lastDeliveredAt: health?.lastDeliveredAt?.toISOString() ?? null,
      lastError: health?.lastError ?? null,
      last24h: {
        delivered: health?.delivered ?? 0,
        deliveredFirstTry: health?.deliveredFirstTry ?? 0,
        failed: health?.failed ?? 0,
        held: health?.held ?? 0,
      },
      p95Ms: health?.p95Ms ?? null,
    },
  }
}

function stateOf(
  { enabled, stoppedBecause }: DestinationRow,
  health: HealthRow | undefined,
  isTroubled: boolean,
): DestinationAnswer['health']['state'] {
  if (stoppedBecause !== null) return 'stopped'
  if (!enabled) return 'paused'
  if (isTroubled) return 'retrying'
  if (health === undefined) return 'idle'
  // a delivery that was taken takes the error away
  if (health.lastError !== null) return 'failing'
  return health.lastDeliveredAt !== null || health.queued > 0 ? 'healthy' : 'idle'
}
