import type { ClickHouseClient } from '@clickhouse/client'

/*
 * What ClickHouse holds. Rows carry immutable fragments and the log position from which they hold, so that a question
 * at position P (`position <= P`) has one answer for ever. Which profile a fragment stands under is in `profile_map`:
 * the profile with the highest position up to P; a fragment without a row stands for itself.
 *
 * `event` gets every row once: a block that is inserted again under its token is dropped (ADR 0005). A row of the other
 * tables may be there twice, and merging parts makes one of it some day: questions must give the same answer before and
 * after. Parts are synced before the insert is answered: the loader then lets the log go.
 */

/** A table of the analytical store, by the capability that fills it. Everyone may read it. */
export interface AnalyticalTable {
  readonly name: string
  /** `create table if not exists` */
  readonly create: string
  /** brings a table of an earlier version up; without effect on one of this version */
  readonly upgrades?: readonly string[]
  /** what no statement alone can bring up; begins again after a crash */
  readonly rebuild?: (clickhouse: ClickHouseClient) => Promise<void>
}

/** The settings of every table. */
export const DURABLE =
  'fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000'

/** Finds what came last: parts of other times are left out. */
export const BY_POSITION = 'by_position position type minmax granularity 1'

/**
 * Makes the tables of the analytical store where they are missing, and brings those of an earlier version up. Rows of
 * before keep what they had, and an `event` of before keeps its order: the same answers, more slowly.
 */
export async function createAnalyticalTables(
  clickhouse: ClickHouseClient,
  tables: readonly AnalyticalTable[],
): Promise<void> {
  for (const { create } of tables) await clickhouse.command({ query: create })
  for (const { upgrades = [] } of tables) for (const query of upgrades) await clickhouse.command({ query })
  for (const { rebuild } of tables) await rebuild?.(clickhouse)
}
