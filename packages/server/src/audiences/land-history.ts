import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { CompiledVersion } from '@affluent/core/audience/audience-catalog'
import type { PastState } from '@affluent/core/audience/take-history'
import { membersSql } from '@affluent/core/condition/sql/members-sql'
import { readSeriesRow, seriesSql } from '@affluent/core/condition/sql/series-sql'
import type { FragmentRange, SqlQuestion } from '@affluent/core/condition/sql/sql-query'
import type { KeptSeries } from '@affluent/core/series/series-catalog'
import type { ClickHouseClient } from '@clickhouse/client'
import { from as copyFrom } from 'pg-copy-streams'
import type { Database } from '../platform/database/connect.ts'
import { copyRow } from '../platform/database/copy-row.ts'

/** Where history is read, and where it is laid ready. */
export interface HistoryStores {
  readonly database: Database
  readonly clickhouse: ClickHouseClient
}

/**
 * Asks who is in a version as of a position, and lays the answer ready: as rows of `membership` in ClickHouse at that
 * position, and for the fragments. Repeating it changes nothing.
 */
export async function landMembers(
  { database, clickhouse }: HistoryStores,
  version: CompiledVersion,
  question: SqlQuestion,
): Promise<void> {
  const { workspace, position, now } = question
  const { query, params, settings } = membersSql(version.condition, question)
  // whoever was in the definition before is a member since then
  await clickhouse.command({
    query: `insert into membership (workspace, version, profile, position, time, entered)
            with earlier as (
              select profile, argMax(time, position) as since, argMax(entered, position) as is_in from membership
              where workspace = {landing: UInt32} and version = {follows: UInt32} and position <= {at: UInt64}
              group by profile having is_in = 1)
            select {landing: UInt32}, {version: UInt32}, found.profile, {at: UInt64},
              if(earlier.profile = found.profile, earlier.since, fromUnixTimestamp64Milli({clock: Int64}, 'UTC')), 1
            from (${query}) found left join earlier on earlier.profile = found.profile`,
    query_params: {
      ...params,
      ...{ landing: workspace, version: version.id, follows: version.follows, at: position, clock: now },
    },
    clickhouse_settings: {
      ...settings,
      insert_deduplication_token: `${workspace}-${version.id}-${randomUUID()}`,
    },
  })
  const result = await clickhouse.query({
    query: `select profile, toUnixTimestamp64Milli(time) from membership
            where workspace = {workspace: UInt32} and version = {version: UInt32} and position = {position: UInt64}`,
    query_params: { workspace, version: version.id, position },
    format: 'JSONCompactEachRow',
  })
  await copyStates(database, question, async (write) => {
    for await (const rows of result.stream<[number, number]>()) {
      for (const row of rows) {
        const [profile, since] = row.json<[number, number]>()
        await write(Number(profile), { m: [version.id, Number(since)] })
      }
    }
  })
}

/**
 * Computes what the events up to a position leave in series, and lays it ready for the fragments: all of it or nothing.
 * @param series that new consumers need; those that are not being prepared need no history, but say who must be asked
 */
export async function landSeries(
  { database, clickhouse }: HistoryStores,
  series: readonly KeptSeries[],
  question: SqlQuestion,
  range: FragmentRange,
): Promise<void> {
  const specs = series.map(({ spec }) => spec)
  const { query, params, settings } = seriesSql(specs, question, range)
  const result = await clickhouse.query({
    query,
    query_params: params,
    clickhouse_settings: settings,
    format: 'JSONCompactEachRow',
  })
  await copyStates(database, question, async (write) => {
    for await (const rows of result.stream<unknown[]>()) {
      for (const row of rows) {
        const { fragment, states } = readSeriesRow(specs, question, row.json<unknown[]>())
        if (states.every((state) => state === undefined)) continue
        const c: Record<string, NonNullable<(typeof states)[number]>> = {}
        for (const [index, state] of states.entries()) {
          const { id, isPreparing } = series[index] as KeptSeries
          if (state !== undefined && isPreparing) c[id] = state
        }
        await write(fragment, { c })
      }
    }
  })
}

type Write = (fragment: number, past: Omit<PastState, 'backfill'>) => Promise<void>

const CHUNK_CHARS = 256 * 1024

/** Copies rows into `backfill_state`, as they come; all or nothing. */
async function copyStates(
  database: Database,
  { workspace, position }: SqlQuestion,
  produce: (write: Write) => Promise<void>,
): Promise<void> {
  const client = await database.connect()
  let broken: Error | undefined
  try {
    const stream = client.query(
      copyFrom('copy backfill_state (workspace_id, backfill, fragment, body) from stdin'),
    )
    const ended = new Promise<void>((resolve, reject) => {
      stream.on('finish', resolve)
      stream.on('error', reject)
    })
    ended.catch(() => undefined)
    let chunk = ''
    try {
      await produce(async (fragment, past) => {
        chunk += copyRow([workspace, position, fragment, JSON.stringify(past)])
        if (chunk.length < CHUNK_CHARS) return
        const full = stream.write(chunk)
        chunk = ''
        if (!full) await Promise.race([once(stream, 'drain'), ended])
      })
    } catch (error) {
      stream.destroy(error as Error)
      throw error
    }
    stream.end(chunk)
    await ended
  } catch (error) {
    broken = error as Error
    throw error
  } finally {
    client.release(broken)
  }
}
