import type { Breaker } from '@affluent/core/delivery/breaker'
import type { PayloadRule } from '@affluent/core/delivery/write-payload'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { Mapping } from '@affluent/protocol/endpoints/connections'
import { readRules } from '../identity/contract.ts'
import { isHeldSql } from '../log/cursors.ts'
import { type Client, type Database, inTransaction } from '../platform/database/connect.ts'
import { findHome } from '../platform/workspace/workspace-home.ts'
import { type PersonSummary, viewPeople } from '../profiles/contract.ts'
import { type DestinationRow, readDestinations } from './destination-store.ts'
import type { QueuedDelivery, QueueState, Settled } from './queued-delivery.ts'

/** Everything that a queue must know of its destination and workspace. */
export interface QueueTarget {
  readonly destination: DestinationRow
  readonly isSandbox: boolean
  readonly profileIdKey: ProfileIdKey
  readonly rules: IdentityRules
  /** what connections make of events, where that is not the whole event */
  readonly payloads: ReadonlyMap<number, PayloadRule>
}

/** After more tries than these nothing is hurried any more. */
const HURRIED_TRIES_MAX = 5

/** Another process holds the workspace. */
export class QueueLost extends Error {
  override readonly name = 'QueueLost'
}

/** Of those that stand behind one that is tried again, as many go out after it without being looked for. */
const LINE_MAX = 20

const QUEUED = `d.number, d.day::text as day, d.connection, d.profile, d.event_name as "eventName", d.created_at as "createdAt",
  d.audience, d.since, d.merged_into as "mergedInto", d.traits, d.held`

/** What the queues of a workspace read from and write to PostgreSQL. */
export class DeliveryQueueStore {
  readonly #database: Database
  readonly #workspace: number
  readonly #epoch: number

  /**
   * @param epoch under which this process holds the lease of the workspace: nothing is written once another holds it
   */
  constructor(database: Database, workspace: number, epoch: number) {
    this.#database = database
    this.#workspace = workspace
    this.#epoch = epoch
  }

  /** The destinations of the workspace as they are now. */
  async readTargets(): Promise<QueueTarget[]> {
    const home = await findHome(this.#database, this.#workspace)
    if (home === undefined) return []
    const rules = await readRules(this.#database, this.#workspace, home.country)
    const connections = await this.#database.query<{
      id: number
      mapping: Mapping | null
      required: string[]
    }>({
      name: 'delivery_mappings',
      text: "select id, mapping, required from connection where workspace_id = $1 and (mapping is not null or required <> '{}')",
      values: [this.#workspace],
    })
    const payloads = new Map(
      connections.rows.map(({ id, mapping, required }) => [id, { mapping: mapping ?? undefined, required }]),
    )
    const destinations = await readDestinations(this.#database, this.#workspace)
    return destinations.map((destination) => ({
      destination,
      isSandbox: home.kind === 'sandbox',
      profileIdKey: home.profileIdKey,
      rules,
      payloads,
    }))
  }

  /**
   * Where the queue of a destination stands, and how many have been tried and are to be tried again.
   * @throws QueueLost when another process holds the workspace now
   */
  async readState(
    destination: number,
  ): Promise<QueueState & { readonly breaker: Breaker; readonly waiting: number }> {
    const { rows } = await this.#database.query<{
      doneTo: number
      breaker: Breaker
      restUntil: Date | null
      lastError: string | null
      p95Ms: number | null
      waiting: number
    }>({
      name: 'delivery_queue_state',
      text: `select done_to as "doneTo", breaker, rest_until as "restUntil", last_error as "lastError", p95_ms as "p95Ms",
               (select count(*) from delivery_wait w where w.destination_id = q.destination_id and w.tries > 0) as waiting
             from delivery_queue q where destination_id = $1 and ${isHeldSql('$2', '$3')}`,
      values: [destination, this.#workspace, this.#epoch],
    })
    const row = rows[0]
    if (row === undefined) throw new QueueLost(`Workspace ${this.#workspace} is held by another process.`)
    const { doneTo, breaker, waiting } = row
    return {
      ...{ doneTo, breaker, waiting: Number(waiting) },
      restUntil: row.restUntil?.getTime(),
      lastError: row.lastError ?? undefined,
      p95Ms: row.p95Ms ?? undefined,
    }
  }

  /**
   * The next page of what is queued, in the order in which it was queued. The page is cut before anything is asked
   * about its rows: otherwise the planner sorts all that is queued for each page.
   * @returns those of the page that nobody has taken up yet; its last number, undefined when there is nothing; whether
   * more may follow
   */
  async takeNew(
    destination: number,
    after: number,
    limit: number,
  ): Promise<{ rows: QueuedDelivery[]; last: number | undefined; isFull: boolean }> {
    const { rows } = await this.#database.query<
      Omit<QueuedDelivery, 'waits' | 'tries' | 'isReplayed'> & { behind: boolean; isOpen: boolean }
    >({
      name: 'new_deliveries',
      text: `with page as materialized (
               select number, day, connection, profile, event_name, created_at, audience, since, merged_into, body, traits, held from delivery
               where workspace_id = $1 and destination_id = $2 and number > $3 order by number limit $4)
             select ${QUEUED}, d.body,
               d.profile <> 0 and exists (select 1 from delivery_wait w where w.destination_id = $2 and w.profile = d.profile) as behind,
               not exists (select 1 from delivery_end e where e.workspace_id = $1 and e.number = d.number and e.day = d.day)
                 and not exists (select 1 from delivery_wait w where w.workspace_id = $1 and w.number = d.number) as "isOpen"
             from page d order by d.number`,
      values: [this.#workspace, destination, after, limit],
    })
    return {
      rows: rows
        .filter(({ isOpen }) => isOpen)
        .map(({ behind, isOpen: _, ...row }) => ({
          ...{ ...row, tries: 0, isReplayed: false },
          waits: behind ? 'behind' : 'no',
        })),
      last: rows.at(-1)?.number,
      isFull: rows.length === limit,
    }
  }

  /**
   * Those whose next try has come, the earliest first, each with some of those that stand behind it, in their order.
   */
  async takeDue(
    destination: number,
    now: number,
    limit: number,
    without: readonly number[],
  ): Promise<QueuedDelivery[]> {
    const { rows } = await this.#database.query<Omit<QueuedDelivery, 'waits'>>({
      name: 'due_deliveries',
      text: `with due as materialized (
               select workspace_id, number, day, profile, next_at, tries, body, replayed from delivery_wait
               where destination_id = $1 and next_at <= $2 and number <> all($3) order by next_at, number limit $4),
             line as (
               select workspace_id, number, day, tries, body, replayed, next_at from due
               union all
               select b.workspace_id, b.number, b.day, b.tries, b.body, b.replayed, null from due cross join lateral (
                 select workspace_id, number, day, tries, body, replayed from delivery_wait w
                 where w.destination_id = $1 and w.profile = due.profile and w.number > due.number and w.next_at is null and w.number <> all($3)
                 order by w.number limit $5) b
               where due.profile <> 0)
             select ${QUEUED}, coalesce(d.body, w.body) as body, w.tries, w.replayed as "isReplayed"
             from line w join delivery d on d.workspace_id = w.workspace_id and d.number = w.number and d.day = w.day
             order by w.next_at nulls last, w.number`,
      values: [destination, new Date(now), without, limit, LINE_MAX],
    })
    return rows.map((row) => ({ ...row, waits: 'itself' }))
  }

  /** When the next of those that wait has its turn, milliseconds since the epoch. */
  async nextDue(destination: number, without: readonly number[]): Promise<number | undefined> {
    const { rows } = await this.#database.query<{ at: Date | null }>({
      name: 'next_due_delivery',
      text: 'select min(next_at) as at from delivery_wait where destination_id = $1 and number <> all($2)',
      values: [destination, without],
    })
    return rows[0]?.at?.getTime()
  }

  /**
   * Lets the first of each profile go whose predecessors have all ended: after a restart, and now and then. Steps from
   * profile to profile in the index.
   */
  async wakeOrphans(destination: number, now: number): Promise<void> {
    await this.#database.query(
      `with recursive first as (
         (select profile, number, next_at from delivery_wait where destination_id = $1 order by profile, number limit 1)
         union all
         select n.profile, n.number, n.next_at from first f cross join lateral (
           select profile, number, next_at from delivery_wait where destination_id = $1 and profile > f.profile
           order by profile, number limit 1) n)
       update delivery_wait set next_at = $2
       where workspace_id = $3 and number = any(array(select number from first where next_at is null))
         and next_at is null`,
      [destination, new Date(now), this.#workspace],
    )
  }

  /**
   * What was put off because the destination was out is tried now: it is back. The last tries keep to their plan, so
   * that one that comes and goes does not use them up within minutes.
   */
  async hurry(destination: number, now: number): Promise<void> {
    await this.#database.query(
      'update delivery_wait set next_at = $2 where destination_id = $1 and next_at > $2 and tries <= $3',
      [destination, new Date(now), HURRIED_TRIES_MAX],
    )
  }

  /** The people to whom profiles belong now. */
  peopleOf(profiles: readonly number[], rules: IdentityRules): Promise<Map<number, PersonSummary>> {
    return viewPeople(this.#database, this.#workspace, profiles, rules)
  }

  /** The partner refuses us, or is gone: somebody has to look. */
  async stop(destination: number, because: string, isGone: boolean): Promise<void> {
    await this.#database.query(
      'update destination set stopped_because = $2, enabled = enabled and not $3 where id = $1 and stopped_because is null',
      [destination, because, isGone],
    )
  }

  /**
   * Writes what became of some deliveries, in one transaction.
   * @param moment.isRepeat the same was tried before, under the same `now`, and it was not told whether it was written
   * @throws QueueLost when another process holds the workspace now
   */
  async settle(
    destination: number,
    settled: readonly Settled[],
    state: QueueState,
    { now, isRepeat }: { readonly now: number; readonly isRepeat: boolean },
  ): Promise<void> {
    await inTransaction(this.#database, async (client) => {
      if (isRepeat && (await this.#isSettled(client, destination, settled[0], now))) return
      await this.#moveQueue(client, destination, settled, state, now)
      await this.#insertAttempts(client, settled)
      await this.#putOff(client, destination, settled)
      await this.#end(client, destination, settled, now)
      await this.#promote(client, destination, settled, now)
    })
  }

  /** Whether a transaction whose answer was lost has been written: one of its rows is there, so all are. */
  async #isSettled(
    client: Client,
    destination: number,
    first: Settled | undefined,
    now: number,
  ): Promise<boolean> {
    if (first === undefined) return true
    // waits for that transaction, should it still be under way
    await client.query('select 1 from delivery_queue where destination_id = $1 for update', [destination])
    const { delivery, outcome, attempt } = first
    const [table, instant] =
      outcome.kind === 'end'
        ? ['delivery_end where ended_at = $3 and', now]
        : attempt === undefined
          ? ['delivery_wait where $3::timestamptz is not null and', now]
          : ['delivery_attempt where at = $3 and', attempt.at]
    const { rows } = await client.query(`select 1 from ${table} workspace_id = $1 and number = $2 limit 1`, [
      this.#workspace,
      delivery.number,
      new Date(instant),
    ])
    return rows.length > 0
  }

  async #moveQueue(
    client: Client,
    destination: number,
    settled: readonly Settled[],
    { doneTo, breaker, restUntil, lastError, p95Ms }: QueueState,
    now: number,
  ): Promise<void> {
    const { delivered, firstTry, failed, held, cancelled } = count(settled)
    const { rowCount } = await client.query({
      name: 'move_queue',
      text: `update delivery_queue set done_to = greatest(done_to, $4), delivered = delivered + $5, delivered_first_try = delivered_first_try + $6,
         failed = failed + $7, held = held + $8, cancelled = cancelled + $9, breaker = $10, rest_until = $11, last_error = $12, p95_ms = $13,
         last_delivered_at = case when $5 > 0 then $14 else last_delivered_at end
       where destination_id = $1 and ${isHeldSql('$2', '$3')}
         and exists (select 1 from destination where id = $1)`,
      values: [
        ...[destination, this.#workspace, this.#epoch, doneTo, delivered, firstTry, failed, held, cancelled],
        ...[JSON.stringify(breaker), restUntil === undefined ? null : new Date(restUntil), lastError ?? null],
        ...[p95Ms ?? null, new Date(now)],
      ],
    })
    if (rowCount === 0) throw new QueueLost(`Workspace ${this.#workspace} is held by another process.`)
    if (delivered + failed + held === 0) return
    await client.query({
      name: 'count_delivery_hour',
      text: `insert into delivery_hour as h (destination_id, workspace_id, hour, delivered, delivered_first_try, failed, held)
       values ($1, $2, date_trunc('hour', $3::timestamptz), $4, $5, $6, $7)
       on conflict (destination_id, hour) do update set delivered = h.delivered + excluded.delivered,
         delivered_first_try = h.delivered_first_try + excluded.delivered_first_try, failed = h.failed + excluded.failed,
         held = h.held + excluded.held`,
      values: [destination, this.#workspace, new Date(now), delivered, firstTry, failed, held],
    })
  }

  async #insertAttempts(client: Client, settled: readonly Settled[]): Promise<void> {
    const tried = settled.flatMap(({ delivery, attempt }) =>
      attempt === undefined ? [] : [{ delivery, attempt }],
    )
    if (tried.length === 0) return
    await client.query({
      name: 'insert_attempts',
      text: `insert into delivery_attempt (day, workspace_id, number, at, ms, status, error, message, url, request_headers, request_body,
         response_headers, response_body, truncated)
       select t.day, $1, t.number, t.at, t.ms, t.status, t.error, t.message, t.url, t.request_headers, t.request_body,
         t.response_headers, t.response_body, t.truncated
       from unnest($2::date[], $3::bigint[], $4::timestamptz[], $5::int[], $6::int[], $7::text[], $8::text[], $9::text[], $10::jsonb[],
         $11::text[], $12::jsonb[], $13::text[], $14::boolean[])
         as t (day, number, at, ms, status, error, message, url, request_headers, request_body, response_headers, response_body, truncated)`,
      values: [
        this.#workspace,
        tried.map(({ delivery }) => delivery.day),
        tried.map(({ delivery }) => delivery.number),
        tried.map(({ attempt }) => new Date(attempt.at)),
        tried.map(({ attempt }) => attempt.ms),
        tried.map(({ attempt }) => attempt.status ?? null),
        tried.map(({ attempt }) => attempt.error ?? null),
        tried.map(({ attempt }) => attempt.message ?? null),
        tried.map(({ attempt }) => attempt.url),
        tried.map(({ attempt }) => JSON.stringify(attempt.requestHeaders)),
        // what the delivery itself holds is not kept twice
        tried.map(({ delivery, attempt }) => (delivery.audience === null ? null : attempt.body)),
        tried.map(({ attempt }) => JSON.stringify(attempt.responseHeaders)),
        tried.map(({ attempt }) => attempt.responseBody),
        tried.map(({ attempt }) => attempt.truncated),
      ],
    })
  }

  async #putOff(client: Client, destination: number, settled: readonly Settled[]): Promise<void> {
    const off = settled.flatMap(({ delivery, outcome, body, attempt }) =>
      outcome.kind === 'wait' ? [{ delivery, outcome, body, tried: attempt === undefined ? 0 : 1 }] : [],
    )
    if (off.length === 0) return
    await client.query({
      name: 'put_off_deliveries',
      text: `insert into delivery_wait as w (workspace_id, destination_id, day, number, profile, tries, next_at, body)
       select $1, $2, t.* from unnest($3::date[], $4::bigint[], $5::bigint[], $6::int[], $7::timestamptz[], $8::text[])
         as t (day, number, profile, tries, next_at, body)
       on conflict (workspace_id, number) do update set tries = excluded.tries, next_at = excluded.next_at, body = excluded.body`,
      values: [
        this.#workspace,
        destination,
        off.map(({ delivery }) => delivery.day),
        off.map(({ delivery }) => delivery.number),
        off.map(({ delivery }) => delivery.profile),
        off.map(({ delivery, tried }) => delivery.tries + tried),
        off.map(({ outcome }) => (outcome.nextAt === undefined ? null : new Date(outcome.nextAt))),
        off.map(({ delivery, body }) => (delivery.audience === null ? null : body)),
      ],
    })
  }

  async #end(client: Client, destination: number, settled: readonly Settled[], now: number): Promise<void> {
    const ended = settled.flatMap(({ delivery, outcome }) =>
      outcome.kind === 'end' ? [{ delivery, outcome }] : [],
    )
    if (ended.length === 0) return
    await client.query({
      name: 'end_deliveries',
      text: `insert into delivery_end (workspace_id, destination_id, ended_at, day, number, status, reason)
       select $1, $2, $3, t.* from unnest($4::date[], $5::bigint[], $6::text[], $7::text[]) as t (day, number, status, reason)
       on conflict do nothing`,
      values: [
        this.#workspace,
        destination,
        new Date(now),
        ended.map(({ delivery }) => delivery.day),
        ended.map(({ delivery }) => delivery.number),
        ended.map(({ outcome }) => outcome.status),
        ended.map(({ outcome }) => outcome.reason),
      ],
    })
    const waited = ended.filter(({ delivery }) => delivery.waits === 'itself')
    if (waited.length === 0) return
    await client.query('delete from delivery_wait where workspace_id = $1 and number = any($2)', [
      this.#workspace,
      waited.map(({ delivery }) => delivery.number),
    ])
  }

  /**
   * Whoever stood behind one that has ended has its turn; also one that was just put behind it, because its end was not
   * known yet.
   */
  async #promote(
    client: Client,
    destination: number,
    settled: readonly Settled[],
    now: number,
  ): Promise<void> {
    const profiles = new Set(
      settled.flatMap(({ delivery, outcome }) => {
        const mayFree = outcome.kind === 'end' ? delivery.waits === 'itself' : outcome.nextAt === undefined
        return mayFree ? [delivery.profile] : []
      }),
    )
    if (profiles.size === 0) return
    await client.query(
      // numbers as an array: a join might read all that waits for each of them
      `update delivery_wait set next_at = $3 where workspace_id = $4 and next_at is null and number = any(array(
         select (select min(w.number) from delivery_wait w where w.destination_id = $1 and w.profile = p.profile)
         from unnest($2::bigint[]) as p (profile)))`,
      [destination, [...profiles], new Date(now), this.#workspace],
    )
  }
}

function count(settled: readonly Settled[]) {
  const counts = { delivered: 0, firstTry: 0, failed: 0, held: 0, cancelled: 0 }
  for (const { delivery, outcome } of settled) {
    if (outcome.kind !== 'end') continue
    counts[outcome.status]++
    if (outcome.status === 'delivered' && delivery.tries === 0 && !delivery.isReplayed) counts.firstTry++
  }
  return counts
}
