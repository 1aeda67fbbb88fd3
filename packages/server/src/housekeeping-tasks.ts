import type { DeliveryDays } from './delivery/delivery-table.ts'
import { dropOldOutcomes } from './explorer/outcome-table.ts'
import { dropOldMessageIds } from './ingest/message-ids.ts'
import type { LogSegments } from './log/log-segments.ts'
import type { Database } from './platform/database/connect.ts'
import type { HousekeepingTask } from './platform/observability/housekeeping.ts'
import type { Log } from './platform/observability/log.ts'
import type { Registry } from './platform/workspace/registry.ts'
import { dropOldRejections } from './processor/rejected-commands.ts'
import { dropEndedResets } from './workspaces/password-reset-store.ts'
import { dropEndedSessions } from './workspaces/sessions.ts'

/** What each capability keeps in order by the clock. */
export function housekeepingTasks({
  database,
  registry,
  segments,
  deliveryDays,
  log,
  now,
}: {
  readonly database: Database
  readonly registry: Registry
  readonly segments: LogSegments
  readonly deliveryDays: DeliveryDays
  readonly log: Log
  readonly now: () => number
}): HousekeepingTask[] {
  return [
    { name: 'key_uses', run: () => registry.saveUses() },
    {
      name: 'log_segments',
      run: async () => {
        const dropped = await segments.dropSpent()
        if (dropped.length > 0) log.info('log_segments_dropped', { segments: dropped })
      },
    },
    {
      name: 'message_ids',
      run: async () => {
        const ids = await dropOldMessageIds(database, now())
        if (ids.dropped.length > 0) log.info('message_ids_dropped', ids)
      },
    },
    { name: 'sessions', run: () => dropEndedSessions(database, now()) },
    { name: 'password_resets', run: () => dropEndedResets(database, now()) },
    {
      name: 'deliveries',
      run: async () => {
        const days = await deliveryDays.dropOld(now())
        if (days.length > 0) log.info('deliveries_dropped', { days })
      },
    },
    { name: 'rejected_commands', run: () => dropOldRejections(database) },
    { name: 'outcomes', run: () => dropOldOutcomes(database) },
  ]
}
