import { DEDUPE_DAYS, DEDUPE_IDS_MAX } from '@affluent/protocol/limits'
import { BinaryCopy, CELL_BYTES } from '../platform/database/binary-copy.ts'
import { type Database, inTransaction } from '../platform/database/connect.ts'
import { copyRow } from '../platform/database/copy-row.ts'
import { dayOf } from '../platform/database/day-of.ts'
import { INSERTED_ROWS_MAX } from '../platform/database/small-copy.ts'
import { copyStatement, type Statement } from '../platform/database/statement.ts'
import type { Log } from '../platform/observability/log.ts'
import { IdFilter } from './id-filter.ts'

/** A messageId by its hash, with a fingerprint of the event that came under it (`fingerprint.ts` in core). */
export interface MessageMark {
  /** 128 bits in hex, as PostgreSQL reads a uuid */
  readonly id: string
  readonly fingerprint: number
  /** day of receipt, as `2026-11-21` */
  readonly day: string
}

const DAY_LOCK = 4_731_003
const DAY_MS = 86_400_000
const FILL_IDS_PER_ROW = 20_000

/**
 * The messageIds of one workspace in the deduplication window. Exact: the filter only spares the look-up of ids that
 * are surely new. Until the filter of a former day has been filled after a start, every id is looked up.
 */
export class MessageIds {
  readonly #database: Database
  readonly #workspace: number
  readonly #log: Log
  readonly #filters = new Map<string, IdFilter>()
  readonly #unfilled = new Set<string>()
  /** ids of batches that are decided but not committed yet */
  readonly #pending = new Map<string, number>()
  #opening = 0

  constructor(database: Database, workspace: number, log: Log) {
    this.#database = database
    this.#workspace = workspace
    this.#log = log
  }

  /** Bytes of the filters, off the heap. */
  get bytes(): number {
    return [...this.#filters.values()].reduce((sum, filter) => sum + filter.bytes, 0)
  }

  /**
   * Begins anew: finds the days to remember, and fills their filters in the background.
   * @param now milliseconds since the epoch
   */
  async open(now: number): Promise<void> {
    const opening = ++this.#opening
    this.#filters.clear()
    this.#unfilled.clear()
    this.#pending.clear()
    for (const day of await listDays(this.#database)) {
      if (day >= dayOf(now - DEDUPE_DAYS * DAY_MS)) this.#unfilled.add(day)
    }
    this.#fill(opening).catch((error: unknown) => {
      // ids are looked up meanwhile, which is slower and as right
      if (opening === this.#opening)
        this.#log.warn('message_ids_not_read', { workspace: this.#workspace, error })
    })
  }

  /** Stops filling. */
  close(): void {
    this.#opening++
  }

  /** Newest first, since what comes again mostly comes soon. */
  async #fill(opening: number): Promise<void> {
    for (const day of [...this.#unfilled].sort().reverse()) {
      const filter = this.#filterOf(day)
      let after = '00000000-0000-0000-0000-000000000000'
      for (;;) {
        const { rows } = await this.#database.query<{ ids: Buffer | null; last: string; count: number }>(
          `select string_agg(uuid_send(id), ''::bytea) as ids, max(id::text) as last, count(*)::int as count
           from (select id from message_id where workspace_id = $1 and day = $2 and id > $3 order by id limit $4) page`,
          [this.#workspace, day, after, FILL_IDS_PER_ROW],
        )
        if (opening !== this.#opening) return
        const { ids, last, count } = rows[0] as { ids: Buffer | null; last: string; count: number }
        for (let at = 0; ids !== null && at < ids.length; at += 16)
          filter.add(ids.toString('hex', at, at + 16))
        after = last
        if (count < FILL_IDS_PER_ROW) break
      }
      this.#unfilled.delete(day)
    }
  }

  /**
   * Which of these ids were seen before, with the fingerprint of their event.
   * @param now milliseconds since the epoch: the window ends there
   */
  async find(marks: readonly MessageMark[], now: number): Promise<Map<string, number>> {
    const found = new Map<string, number>()
    const doubtful: string[] = []
    for (const mark of marks) {
      const pending = this.#pending.get(mark.id)
      if (pending !== undefined) found.set(mark.id, pending)
      else if (this.#mayBeKnown(mark.id)) doubtful.push(mark.id)
    }
    if (doubtful.length === 0) return found
    const { rows } = await this.#database.query<{ id: string; fingerprint: number }>({
      name: 'find_message_ids',
      text: 'select id::text, fingerprint from message_id where workspace_id = $1 and id = any($2::uuid[]) and day >= $3',
      values: [this.#workspace, doubtful, dayOf(now - DEDUPE_DAYS * DAY_MS)],
    })
    for (const row of rows) found.set(row.id.replaceAll('-', ''), row.fingerprint)
    return found
  }

  /** Holds ids of a batch that is decided: the next batch sees them before they are committed. */
  hold(marks: readonly MessageMark[]): void {
    for (const mark of marks) this.#pending.set(mark.id, mark.fingerprint)
  }

  /** Statements that write ids, for the batch's transaction. */
  describeNew(marks: readonly MessageMark[]): Statement[] {
    const byDay = new Map<string, MessageMark[]>()
    for (const mark of marks) {
      const ofDay = byDay.get(mark.day)
      if (ofDay === undefined) byDay.set(mark.day, [mark])
      else ofDay.push(mark)
    }
    return [...byDay].flatMap(([day, ofDay]) => this.#describeDay(day, ofDay))
  }

  #describeDay(day: string, marks: readonly MessageMark[]): Statement[] {
    const target = `${tableOf(day)} (day, workspace_id, id, fingerprint)`
    if (marks.length <= INSERTED_ROWS_MAX) {
      const rows = marks.map(({ id, fingerprint }) => copyRow([day, this.#workspace, id, fingerprint]))
      return copyStatement(target, rows.join(''))
    }
    const { date, int4, uuid, int8 } = CELL_BYTES
    const copy = new BinaryCopy(target, 4, marks.length, marks.length * (date + int4 + uuid + int8))
    const number = Date.parse(day) / DAY_MS
    for (const { id, fingerprint } of marks) {
      copy.row()
      copy.date(number)
      copy.int4(this.#workspace)
      copy.uuid(id)
      copy.int8(fingerprint)
    }
    return [copy.finish()]
  }

  /** The batch is committed: its ids are in the database and in the filter. */
  settle(marks: readonly MessageMark[]): void {
    for (const mark of marks) {
      this.#filterOf(mark.day).add(mark.id)
      this.#pending.delete(mark.id)
    }
  }

  /** Makes sure that the days of these marks have their partition. */
  async prepareDays(marks: readonly MessageMark[], known: Set<string>): Promise<void> {
    for (const { day } of marks) {
      if (known.has(day)) continue
      await createDay(this.#database, day)
      known.add(day)
    }
  }

  #mayBeKnown(id: string): boolean {
    if (this.#unfilled.size > 0) return true
    for (const filter of this.#filters.values()) if (filter.mayContain(id)) return true
    return false
  }

  #filterOf(day: string): IdFilter {
    let filter = this.#filters.get(day)
    if (filter === undefined) this.#filters.set(day, (filter = new IdFilter()))
    return filter
  }
}

/**
 * Forgets days that are out of the window or beyond the number of ids remembered.
 * @param now milliseconds since the epoch
 * @returns the days that were dropped, and the first day that is still remembered
 */
export async function dropOldMessageIds(
  database: Database,
  now: number,
): Promise<{ dropped: string[]; since: string }> {
  const { rows } = await database.query<{ name: string; ids: number }>(
    `select c.relname as name, greatest(c.reltuples, 0)::float8 as ids
     from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = 'message_id'::regclass order by c.relname desc`,
  )
  const dropped: string[] = []
  let since = dayOf(now - DEDUPE_DAYS * DAY_MS)
  let total = 0
  for (const [index, row] of rows.entries()) {
    const day = dayOfTable(row.name)
    total += row.ids
    if (day >= since && (total <= DEDUPE_IDS_MAX || index === 0)) continue
    await database.query(`drop table if exists ${tableOf(day)}`)
    dropped.push(day)
    if (day >= since) since = dayOf(Date.parse(day) + DAY_MS)
  }
  return { dropped, since }
}

async function listDays(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
     where i.inhparent = 'message_id'::regclass`,
  )
  return rows.map((row) => dayOfTable(row.name))
}

async function createDay(database: Database, day: string): Promise<void> {
  await inTransaction(database, async (client) => {
    await client.query('select pg_advisory_xact_lock($1)', [DAY_LOCK])
    await client.query(
      `create table if not exists ${tableOf(day)} partition of message_id for values in ('${day}')`,
    )
  })
}

function dayOfTable(name: string): string {
  return name.slice('message_id_'.length).replaceAll('_', '-')
}

function tableOf(day: string): string {
  return `message_id_${day.replaceAll('-', '_')}`
}
