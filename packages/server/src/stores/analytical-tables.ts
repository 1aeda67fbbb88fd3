import type { ClickHouseClient } from '@clickhouse/client'

/*
 * What ClickHouse holds. Rows carry immutable fragments and the log position from which they hold, so that a question at position P (`position <= P`) has
 * one answer for ever. Which profile a fragment stands under is in `profile_map`: the profile with the highest position up to P; a fragment without a row
 * stands for itself.
 *
 * `event` gets every row once: a block that is inserted again under its token is dropped (ADR 0005). A row of the other tables may be there twice, and merging
 * parts makes one of it some day: questions must give the same answer before and after. Parts are synced before the insert is answered: the loader then
 * lets the log go.
 */
const DURABLE =
  'fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 10000'

/** Properties by path and type (ADR 0008). A path that is not there reads as 0, '' or an empty list: `mapContains` tells. */
const PROPERTY_COLUMNS = [
  'num Map(LowCardinality(String), Float64) codec(ZSTD(1))',
  'text Map(LowCardinality(String), String) codec(ZSTD(1))',
  'flag Map(LowCardinality(String), Bool) codec(ZSTD(1))',
  'list Map(LowCardinality(String), Array(String)) codec(ZSTD(1))',
]

/** Parts of so many bytes before compression are one file; a full block is 20 to 50 MB. */
const COMPACT_BYTES = 64 * 1024 * 1024

/** Finds the events of one person, which the order by name scatters. */
const BY_FRAGMENT = 'by_fragment fragment type bloom_filter(0.01) granularity 1'

/** Finds what came last: parts of other times are left out. */
const BY_POSITION = 'by_position position type minmax granularity 1'

/**
 * Ordered by name first: a condition then reads the events that it names and no others. What a block brings is one file and not one for each column: it is
 * synced at once, and merged soon.
 */
const EVENT = `create table if not exists event (
     workspace UInt32,
     fragment UInt64,
     anchor UInt64,
     time DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
     position UInt64,
     received DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
     type LowCardinality(String),
     name LowCardinality(String),
     source UInt32,
     message_id String codec(ZSTD(1)),
     flags UInt8,
     ip LowCardinality(String),
     raw String codec(ZSTD(1)),
     ${PROPERTY_COLUMNS.join(',\n     ')},
     index ${BY_FRAGMENT},
     index ${BY_POSITION}
   ) engine = MergeTree
   partition by toYYYYMM(received)
   order by (workspace, name, fragment, time, position)
   settings ${DURABLE}, min_bytes_for_wide_part = ${COMPACT_BYTES}`

const PROFILE_MAP = `create table if not exists profile_map (
     workspace UInt32,
     fragment UInt64,
     profile UInt64,
     position UInt64
   ) engine = ReplacingMergeTree
   order by (workspace, fragment, position)
   settings ${DURABLE}`

/** 1: a first-touch value. */
const ONCE_COLUMN = 'once UInt8'

/** Newest by (time, position) over the fragments of a profile wins; where none was set, the earliest first-touch value. */
const TRAIT = `create table if not exists trait (
     workspace UInt32,
     name LowCardinality(String),
     fragment UInt64,
     time DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
     position UInt64,
     kind UInt8,
     num Float64,
     text String codec(ZSTD(1)),
     json String codec(ZSTD(1)),
     ${ONCE_COLUMN}
   ) engine = ReplacingMergeTree
   order by (workspace, name, fragment, time, position)
   settings ${DURABLE}`

const IDENTIFIER = `create table if not exists identifier (
     workspace UInt32,
     namespace LowCardinality(String),
     fragment UInt64,
     identifier UInt64,
     position UInt64
   ) engine = ReplacingMergeTree
   order by (workspace, namespace, fragment, identifier)
   settings ${DURABLE}`

const MEMBERSHIP = `create table if not exists membership (
     workspace UInt32,
     version UInt32,
     profile UInt64,
     position UInt64,
     time DateTime64(3, 'UTC') codec(Delta, ZSTD(1)),
     entered UInt8,
     index ${BY_POSITION}
   ) engine = ReplacingMergeTree
   order by (workspace, version, profile, position)
   settings ${DURABLE}`

/**
 * Makes the tables of the analytical store where they are missing, and brings those of an earlier version up. Rows of before keep what they had, and an `event`
 * of before keeps its order: the same answers, more slowly.
 */
export async function createAnalyticalTables(clickhouse: ClickHouseClient): Promise<void> {
  for (const query of [EVENT, PROFILE_MAP, TRAIT, IDENTIFIER, MEMBERSHIP]) await clickhouse.command({ query })
  const added = PROPERTY_COLUMNS.map((column) => `add column if not exists ${column}`).join(', ')
  const indexes = [BY_FRAGMENT, BY_POSITION].map((index) => `add index if not exists ${index}`).join(', ')
  await clickhouse.command({ query: `alter table event ${added}, ${indexes}` })
  await clickhouse.command({ query: `alter table trait add column if not exists ${ONCE_COLUMN}` })
  await clickhouse.command({ query: `alter table membership add index if not exists ${BY_POSITION}` })
  await keepEveryMove(clickhouse)
}

/** The map used to keep the last move of a fragment only: its key gets the position. A crash in between is no harm: it begins again. */
async function keepEveryMove(clickhouse: ClickHouseClient): Promise<void> {
  const made = 'profile_map_with_positions'
  await clickhouse.command({ query: `drop table if exists ${made}` })
  const result = await clickhouse.query({
    query:
      "select sorting_key from system.tables where database = currentDatabase() and name = 'profile_map'",
    format: 'JSONEachRow',
  })
  const [table] = await result.json<{ sorting_key: string }>()
  if (table?.sorting_key !== 'workspace, fragment') return
  await clickhouse.command({ query: PROFILE_MAP.replace('profile_map', made) })
  await clickhouse.command({
    query: `insert into ${made} select workspace, fragment, profile, position from profile_map final`,
  })
  await clickhouse.command({ query: `exchange tables profile_map and ${made}` })
  await clickhouse.command({ query: `drop table ${made}` })
}
