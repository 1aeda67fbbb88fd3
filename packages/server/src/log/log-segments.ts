import { LOG_SEGMENT_BYTES_MAX, LOG_SEGMENT_MS_MAX } from '@affluent/protocol/limits'
import { type Database, inTransaction } from '../database/connect.ts'

const SEGMENT_LOCK = 4_731_002

/** The parts of the log: a new one is begun by time or size, an old one is dropped whole once nobody needs it. */
export class LogSegments {
  readonly #database: Database
  #current = 0
  #openedAt = 0
  #bytes = 0
  #opening: Promise<number> | undefined

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * The segment to append to.
   * @param now milliseconds since the epoch
   */
  async current(now: number): Promise<number> {
    const full = now - this.#openedAt >= LOG_SEGMENT_MS_MAX || this.#bytes >= LOG_SEGMENT_BYTES_MAX
    if (this.#current !== 0 && !full) return this.#current
    this.#opening ??= this.#open(now).finally(() => {
      this.#opening = undefined
    })
    return this.#opening
  }

  noteBytes(bytes: number): void {
    this.#bytes += bytes
  }

  async #open(now: number): Promise<number> {
    const segment = await inTransaction(this.#database, async (client) => {
      await client.query('select pg_advisory_xact_lock($1)', [SEGMENT_LOCK])
      const { rows } = await client.query<{ segment: number }>(
        'insert into log_segment default values returning segment',
      )
      const made = (rows[0] as { segment: number }).segment
      await client.query(`create table log_${made} partition of log for values in (${made})`)
      await client.query(
        `alter table log_${made} alter column body set storage external, set (autovacuum_enabled = off)`,
      )
      await client.query(
        'update log_segment set closed_at = now() where closed_at is null and segment < $1',
        [made],
      )
      return made
    })
    this.#current = segment
    this.#openedAt = now
    this.#bytes = 0
    return segment
  }

  /**
   * Drops closed segments whose events are all walked and in ClickHouse.
   * @param graceMs how long a closed segment stays at least: an append that began before it was closed may still come
   * @returns the segments dropped
   */
  async dropSpent(graceMs = 60_000): Promise<number[]> {
    const { rows } = await this.#database.query<{ segment: number }>(
      `select s.segment from log_segment s
       where s.closed_at < now() - $1 * interval '1 millisecond'
         and not exists (
           select 1 from log l join walk w using (workspace_id) join load_cursor c using (workspace_id)
           where l.segment = s.segment and l.last_position > least(w.position, c.position))
       order by s.segment`,
      [graceMs],
    )
    for (const { segment } of rows) {
      await inTransaction(this.#database, async (client) => {
        await client.query("set local lock_timeout = '2s'")
        await client.query(`drop table if exists log_${segment}`)
        await client.query('delete from log_segment where segment = $1', [segment])
      })
    }
    return rows.map((row) => row.segment)
  }
}
