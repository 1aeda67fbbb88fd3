import { formatDeliveryId, readDeliveryId } from '@affluent/core/delivery/delivery-id'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { formatProfileId, type ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { AttemptError } from '@affluent/protocol/attempt'
import type { DeliveryAnswer, DeliveryStatus } from '@affluent/protocol/delivery'
import type { Mapping } from '@affluent/protocol/endpoints/connections'
import type { OneDeliveryAnswer } from '@affluent/protocol/endpoints/deliveries'
import type { EventType } from '@affluent/protocol/event'
import { REPLAY_DELIVERIES_MAX } from '@affluent/protocol/limits'
import { type Database, inTransaction } from '../platform/database/connect.ts'
import { type PersonSummary, viewPeople } from '../profiles/contract.ts'
import { makeMembershipBody } from './membership-body.ts'

/** Which deliveries are asked for. */
export interface DeliveryFilter {
  readonly destination?: number | undefined
  readonly connection?: number | undefined
  readonly status?: DeliveryStatus | undefined
  readonly profile?: number | undefined
  readonly position?: number | undefined
  readonly numbers?: readonly number[] | undefined
}

/** Whose deliveries are read, and what is needed to name people. */
export interface DeliveryReader {
  readonly database: Database
  readonly workspace: number
  readonly key: ProfileIdKey
  readonly rules: IdentityRules
}

interface DeliveryRow {
  readonly number: number
  readonly day: string
  readonly destination: number
  readonly connection: number
  readonly position: number
  readonly profile: number
  readonly type: EventType
  readonly name: string
  readonly purpose: string
  readonly createdAt: Date
  readonly ended: string | null
  readonly reason: string | null
  readonly endedAt: Date | null
  readonly tries: number | null
  readonly nextAt: Date | null
  readonly body: string | null
  readonly audience: string | null
  readonly since: Date | null
  readonly mergedInto: number | null
  readonly traits: string | null
}

interface AttemptRow {
  readonly number: number
  readonly at: Date
  readonly ms: number
  readonly status: number | null
  readonly error: AttemptError | null
  readonly message: string | null
}

interface ExchangeRow extends AttemptRow {
  readonly url: string
  readonly requestHeaders: Record<string, string>
  readonly requestBody: string | null
  readonly responseHeaders: Record<string, string> | null
  readonly responseBody: string | null
  readonly truncated: boolean
}

const ROWS = `
  select d.number, d.day::text as day, d.destination_id as destination, d.connection, d.position, d.profile, d.event_type as type,
    d.event_name as name, d.purpose, d.created_at as "createdAt", e.status as ended, e.reason, e.ended_at as "endedAt", w.tries,
    w.next_at as "nextAt", coalesce(d.body, w.body) as body, d.audience, d.since, d.merged_into as "mergedInto", d.traits
  from delivery d
    left join delivery_end e on e.workspace_id = d.workspace_id and e.number = d.number and e.day = d.day
    left join delivery_wait w on w.workspace_id = d.workspace_id and w.number = d.number`

/** A status as a condition on a row: what has not ended and does not wait is queued. */
const STATUS = `case $5::text when 'queued' then e.status is null and coalesce(w.tries, 0) = 0
    and (w.number is not null or d.number > (select q.done_to from delivery_queue q where q.destination_id = d.destination_id))
  when 'pending_retry' then w.tries > 0 else e.status = $5 end`

/**
 * Deliveries, newest first, each with its tries.
 * @param page.before number of the last one of the page before
 */
export async function viewDeliveries(
  { database, workspace, key, rules }: DeliveryReader,
  filter: DeliveryFilter,
  page: { readonly limit: number; readonly before: number | undefined },
): Promise<{ readonly deliveries: DeliveryAnswer[]; readonly last: number | undefined }> {
  const { destination, connection, status, profile, position, numbers } = filter
  const { rows } = await database.query<DeliveryRow>(
    `${ROWS} where d.workspace_id = $1 and d.number < $2
       and ($3::int is null or d.destination_id = $3) and ($4::bigint is null or d.connection = $4)
       and ($5::text is null or ${STATUS})
       and ($6::bigint is null or d.profile = $6) and ($7::bigint is null or d.position = $7)
       and ($8::bigint[] is null or d.number = any($8))
     order by d.number desc limit $9`,
    [
      ...[workspace, page.before ?? Number.MAX_SAFE_INTEGER, destination ?? null, connection ?? null],
      ...[status ?? null, profile ?? null, position ?? null, numbers ?? null, page.limit],
    ],
  )
  const { rows: attempts } = await database.query<AttemptRow>(
    `select number, at, ms, status, error, message from delivery_attempt
     where workspace_id = $1 and number = any($2) order by number, at`,
    [workspace, rows.map(({ number }) => number)],
  )
  const byNumber = groupByNumber(attempts)
  const profiles = [...new Set(rows.flatMap(({ profile }) => (profile === 0 ? [] : [profile])))]
  const people = await viewPeople(database, workspace, profiles, rules)
  return {
    deliveries: rows.map((row) => ({
      ...describeHead(row, key, people.get(row.profile)),
      attempts: (byNumber.get(row.number) ?? []).map(describeAttempt),
    })),
    last: rows.at(-1)?.number,
  }
}

/** One delivery with the exact request and every answer; undefined when there is none. */
export async function viewDelivery(
  { database, workspace, key, rules }: DeliveryReader,
  id: string,
): Promise<OneDeliveryAnswer['delivery'] | undefined> {
  const number = readDeliveryId(id, key)
  if (number === undefined) return undefined
  const { rows } = await database.query<DeliveryRow>(`${ROWS} where d.workspace_id = $1 and d.number = $2`, [
    workspace,
    number,
  ])
  const row = rows[0]
  if (row === undefined) return undefined
  const { rows: exchanges } = await database.query<ExchangeRow>(
    `select number, at, ms, status, error, message, url, request_headers as "requestHeaders", request_body as "requestBody",
       response_headers as "responseHeaders", response_body as "responseBody", truncated
     from delivery_attempt where workspace_id = $1 and number = $2 order by at`,
    [workspace, number],
  )
  const last = exchanges.at(-1)
  const people = await viewPeople(database, workspace, row.profile === 0 ? [] : [row.profile], rules)
  const person = people.get(row.profile)
  const body =
    last?.requestBody ?? row.body ?? (await makeBody({ database, workspace, key, rules }, row, person))
  return {
    ...describeHead(row, key, person),
    request:
      last === undefined
        ? body === null
          ? null
          : { method: 'POST', url: '', headers: {}, body }
        : { method: 'POST', url: last.url, headers: last.requestHeaders, body: body ?? '' },
    attempts: exchanges.map((exchange) => ({
      ...describeAttempt(exchange),
      response:
        exchange.status === null
          ? null
          : {
              headers: exchange.responseHeaders ?? {},
              body: exchange.responseBody ?? '',
              truncated: exchange.truncated,
            },
    })),
  }
}

/** What a membership would post as things are now; null of what is no membership. */
async function makeBody(
  { database, workspace, key }: DeliveryReader,
  row: DeliveryRow,
  person: PersonSummary | undefined,
): Promise<string | null> {
  if (row.audience === null) return null
  const { rows } = await database.query<{ mapping: Mapping | null; required: string[] }>(
    'select mapping, required from connection where workspace_id = $1 and id = $2',
    [workspace, row.connection],
  )
  const [found] = rows
  const rule =
    found === undefined ? undefined : { mapping: found.mapping ?? undefined, required: found.required }
  return makeMembershipBody({ ...row, eventName: row.name }, person, rule, key).body
}

/** What a replay takes. */
export interface ReplayFilter {
  readonly destination: number | undefined
  readonly connection: number | undefined
  readonly status: 'delivered' | 'failed' | 'held' | 'cancelled'
  readonly from: Date | undefined
  readonly to: Date | undefined
  readonly numbers: readonly number[] | undefined
}

const MATCHING = `
  from delivery_end e join delivery d on d.workspace_id = e.workspace_id and d.number = e.number and d.day = e.day
    join destination t on t.id = d.destination_id
  where e.workspace_id = $1 and e.status = $2 and ($3::int is null or d.destination_id = $3)
    and ($4::bigint is null or d.connection = $4) and ($5::timestamptz is null or d.created_at >= $5)
    and ($6::timestamptz is null or d.created_at < $6) and ($7::bigint[] is null or d.number = any($7))`

/**
 * Enqueues deliveries again that have ended, the oldest first, at most REPLAY_DELIVERIES_MAX in a call. They keep their
 * ids, so that a receiver that has taken one already knows it.
 * @returns how many match, and how many are queued again now
 */
export async function replayDeliveries(
  database: Database,
  workspace: number,
  filter: ReplayFilter,
  options: { readonly dryRun: boolean; readonly now: number },
): Promise<{
  readonly matching: number
  readonly replayed: number
  readonly destinations: readonly number[]
}> {
  const { destination, connection, status, from, to, numbers } = filter
  const values = [
    ...[
      workspace,
      status,
      destination ?? null,
      connection ?? null,
      from ?? null,
      to ?? null,
      numbers ?? null,
    ],
  ]
  const { rows } = await database.query<{ matching: number }>(
    `select count(*) as matching ${MATCHING}`,
    values,
  )
  const matching = Number(rows[0]?.matching ?? 0)
  if (options.dryRun || matching === 0) return { matching, replayed: 0, destinations: [] }
  return inTransaction(database, async (client) => {
    const { rows: taken } = await client.query<{ number: number; destination: number; hour: Date }>(
      `with taken as (
         delete from delivery_end where (workspace_id, number, day) in (
           select e.workspace_id, e.number, e.day ${MATCHING} order by e.number limit ${REPLAY_DELIVERIES_MAX} for update of e)
         returning number, day, destination_id, ended_at)
       , put as (insert into delivery_wait (workspace_id, number, day, destination_id, profile, tries, replayed, next_at)
       select $1, t.number, t.day, t.destination_id, d.profile, 0, true,
         case when d.profile <> 0 and (exists (
             select 1 from delivery_wait w where w.destination_id = t.destination_id and w.profile = d.profile and w.number < t.number)
           or exists (
             select 1 from taken b join delivery bd on bd.workspace_id = $1 and bd.number = b.number and bd.day = b.day
             where b.destination_id = t.destination_id and bd.profile = d.profile and b.number < t.number))
           then null else $8::timestamptz end
       from taken t join delivery d on d.workspace_id = $1 and d.number = t.number and d.day = t.day
       returning number)
       select number, destination_id as destination, date_trunc('hour', ended_at) as hour from taken`,
      [...values, new Date(options.now)],
    )
    const counts = countBy(taken, ({ destination }) => destination)
    for (const [id, count] of [...counts].sort(([a], [b]) => a - b))
      await client.query(`update delivery_queue set ${status} = ${status} - $2 where destination_id = $1`, [
        id,
        count,
      ])
    // what is queued again has not ended: the counts of the hour in which it had say so
    if (status !== 'cancelled')
      for (const [at, count] of countBy(
        taken,
        ({ destination, hour }) => `${destination} ${hour.toISOString()}`,
      )) {
        const [id, hour] = at.split(' ')
        const text = `update delivery_hour set ${status} = greatest(0, ${status} - $3) where destination_id = $1 and hour = $2`
        await client.query(text, [Number(id), hour, count])
      }
    return { matching, replayed: taken.length, destinations: [...counts.keys()] }
  })
}

function groupByNumber(attempts: readonly AttemptRow[]): Map<number, AttemptRow[]> {
  const groups = new Map<number, AttemptRow[]>()
  for (const attempt of attempts) {
    const known = groups.get(attempt.number)
    if (known === undefined) groups.set(attempt.number, [attempt])
    else known.push(attempt)
  }
  return groups
}

function describeHead(
  row: DeliveryRow,
  key: ProfileIdKey,
  person: PersonSummary | undefined,
): Omit<DeliveryAnswer, 'attempts'> {
  const status = (row.ended ?? ((row.tries ?? 0) > 0 ? 'pending_retry' : 'queued')) as DeliveryStatus
  return {
    id: formatDeliveryId(row.number, key),
    status,
    reason: row.reason,
    destination: `dst_${row.destination}`,
    connection: `con_${row.connection}`,
    profileId: row.profile === 0 ? null : formatProfileId(row.profile, key),
    profileTitle: person === undefined || person.title === '' ? null : person.title,
    event: { position: row.position, type: row.type, name: row.name },
    purpose: row.purpose,
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
    nextAt: row.nextAt?.toISOString() ?? null,
  }
}

function describeAttempt({ at, ms, status, error, message }: AttemptRow): DeliveryAnswer['attempts'][number] {
  return {
    at: at.toISOString(),
    status,
    ms,
    error: error === null ? null : { code: error, message: message ?? '' },
  }
}

function countBy<Row, Key>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, number> {
  const counts = new Map<Key, number>()
  for (const row of rows) counts.set(keyOf(row), (counts.get(keyOf(row)) ?? 0) + 1)
  return counts
}
