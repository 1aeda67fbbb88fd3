import { LOG_SEGMENT_BYTES_MAX, LOG_SEGMENT_MS_MAX } from '@affluent/protocol/limits'
import { type Database, inTransaction } from '../platform/database/connect.ts'

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
      await client.query(`alter table log_${made} alter column body set storage external`)
      await client.query(`alter table log_${made} set (autovacuum_enabled = off)`)
      await client.query('update log_segment set closed_at = now() where segment = $1', [this.#current])
      return made
    })
    this.#current = segment
    this.#openedAt = now
    this.#bytes = 0
    return segment
  }

  /**
   * Drops segments that nobody appends to any more and whose events are all processed and in ClickHouse.
   * @returns the segments dropped
   */
  async dropSpent(): Promise<number[]> {
    // nobody appends to a segment that its process has closed, nor to one that is older than any process uses it
    const { rows } = await this.#database.query<{ segment: number }>(
      `select segment from log_segment
       where segment <> $1 and (closed_at is not null or created_at < now() - $2 * interval '1 millisecond')
       order by segment`,
      [this.#current, LOG_SEGMENT_MS_MAX * 2],
    )
    const dropped: number[] = []
    for (const { segment } of rows) if (await this.#dropIfSpent(segment)) dropped.push(segment)
    return dropped
  }

  /** Looks under the lock that an append would need: what comes between a look and a drop would be lost. */
  #dropIfSpent(segment: number): Promise<boolean> {
    return inTransaction(this.#database, async (client) => {
      await client.query("set local lock_timeout = '2s'")
      await client.query(`lock table log_${segment} in access exclusive mode`)
      const { rows } = await client.query(
        `select 1 from log_${segment} l join processor w using (workspace_id) join load_cursor c using (workspace_id)
         where l.last_position > least(w.position, c.position) limit 1`,
      )
      if (rows.length > 0) return false
      await client.query(`drop table log_${segment}`)
      await client.query('delete from log_segment where segment = $1', [segment])
      return true
    })
  }
}
