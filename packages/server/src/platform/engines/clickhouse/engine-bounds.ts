/** What one embedded ClickHouse may take of the machine. A cluster has its own. */

export const THREADS_PER_QUERY = 2
export const QUERY_MEMORY_BYTES = 2 * 1024 ** 3
/** All queries, merges and caches together; beyond it a query fails with code 241, the process lives. */
export const ENGINE_MEMORY_BYTES = 4 * 1024 ** 3
/** From here on a sort or group by goes to files in the data directory. */
export const SPILL_BYTES = 512 * 1024 ** 2
export const SPILL_FILE_BYTES = 20 * 1024 ** 3
export const QUERY_SECONDS = 600
/** An answer that is not streamed is held in memory whole. */
export const ANSWER_BYTES = 256 * 1024 ** 2
export const STATEMENT_BYTES = 8 * 1024 ** 2
export const INSERT_BYTES = 512 * 1024 ** 2

/**
 * More than the server asks at once (READS_AT_ONCE_MAX, BACKFILLS_AT_ONCE_MAX), where workspaces take turns; each holds
 * one of the child's threads.
 */
export const QUERIES_AT_ONCE = 7
/** The rest is kept for inserts, so that long selects never hold up the loader. */
export const READS_AT_ONCE = 6
export const QUERIES_WAITING = 64
export const WAIT_MS = 10_000
/** A reader that takes nothing for so long loses its query. */
export const READER_STALL_MS = 60_000
