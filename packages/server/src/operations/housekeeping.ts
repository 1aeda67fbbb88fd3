import { OUTCOME_DAYS, QUARANTINE_BYTES_MAX } from '@affluent/protocol/limits'
import { dropEndedSessions } from '../access/sessions.ts'
import type { Database } from '../database/connect.ts'
import type { LogSegments } from '../log/log-segments.ts'
import type { DeliveryDays } from '../stores/delivery-table.ts'
import { dropOldMessageIds } from '../stores/message-ids.ts'
import { dropOldRefusals } from '../stores/refused-commands.ts'
import type { Registry } from '../stores/registry.ts'
import type { Log } from './log.ts'

/** What is to be kept in order. */
export interface HousekeepingOptions {
  readonly database: Database
  readonly registry: Registry
  readonly segments: LogSegments
  readonly deliveryDays: DeliveryDays
  readonly log: Log
  readonly now: () => number
}

const TIDY_MS = 30_000
const DELETE_ROWS_MAX = 5_000

/** Work by the clock: notes when keys were used, drops spent log segments, old messageIds and old outcomes. */
export class Housekeeping {
  readonly #options: HousekeepingOptions
  #timer: NodeJS.Timeout | undefined
  #busy: Promise<void> = Promise.resolve()

  constructor(options: HousekeepingOptions) {
    this.#options = options
  }

  start(): void {
    this.#timer = setInterval(() => this.#run('tidy', () => this.#tidy()), TIDY_MS)
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#busy
  }

  #run(what: string, work: () => Promise<void>): void {
    this.#busy = this.#busy
      .then(work)
      .catch((error: unknown) => this.#options.log.warn(`${what}_failed`, { error }))
  }

  async #tidy(): Promise<void> {
    const { registry, segments, deliveryDays, database, log, now } = this.#options
    await registry.saveUses()
    const dropped = await segments.dropSpent()
    if (dropped.length > 0) log.info('log_segments_dropped', { segments: dropped })
    const ids = await dropOldMessageIds(database, now())
    if (ids.dropped.length > 0) log.info('message_ids_dropped', ids)
    await dropEndedSessions(database, now())
    const days = await deliveryDays.dropOld(now())
    if (days.length > 0) log.info('deliveries_dropped', { days })
    await dropOldRefusals(database)
    await this.#dropOldOutcomes()
  }

  async #dropOldOutcomes(): Promise<void> {
    const { database } = this.#options
    await database.query(
      `delete from outcome where id in (
         select id from outcome where received_at < now() - $1 * interval '1 day' order by received_at limit $2)`,
      [OUTCOME_DAYS, DELETE_ROWS_MAX],
    )
    // adding up every row is dear: only when the table is so large that a workspace may be over its bound
    const { rows } = await database.query<{ bytes: number }>(
      "select pg_total_relation_size('outcome') as bytes",
    )
    if ((rows[0]?.bytes ?? 0) <= QUARANTINE_BYTES_MAX) return
    await database.query(
      `delete from outcome where id in (
         select id from (
           select id, sum(length(raw)) over (partition by workspace_id order by id desc) as bytes from outcome) kept
         where bytes > $1 limit $2)`,
      [QUARANTINE_BYTES_MAX, DELETE_ROWS_MAX],
    )
  }
}
