import {
  ENGINE_MEMORY_BYTES,
  QUERY_MEMORY_BYTES,
  QUERY_SECONDS,
  SPILL_BYTES,
  SPILL_FILE_BYTES,
  STATEMENT_BYTES,
  THREADS_PER_QUERY,
} from './engine-bounds.ts'

/** Writes as XML what the engine reads once, when the data directory is opened: caches, pools, table defaults. */
export function serverSettings(): string {
  return asXml('clickhouse', {
    logger: { level: 'none', console: 0 },
    max_server_memory_usage: ENGINE_MEMORY_BYTES,
    mark_cache_size: 64 * 1024 ** 2,
    uncompressed_cache_size: 0,
    index_mark_cache_size: 8 * 1024 ** 2,
    compiled_expression_cache_size: 16 * 1024 ** 2,
    background_pool_size: 2,
    background_common_pool_size: 2,
    background_schedule_pool_size: 4,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
    // Durability without asking. What a cluster would not do by itself (dropping repeated blocks) each table asks for.
    merge_tree: {
      fsync_after_insert: 1,
      fsync_part_directory: 1,
      // A block is written anew about once for each twelvefold of the rows, not for each fivefold.
      merge_selector_base: 12,
      // The defaults (8, 20, 25) count free slots of a pool of 32: with so few they would forbid large merges.
      number_of_free_entries_in_pool_to_lower_max_size_of_merge: 1,
      number_of_free_entries_in_pool_to_execute_mutation: 1,
      number_of_free_entries_in_pool_to_execute_optimize_entire_partition: 1,
    },
  })
}

/** The settings every connection starts with, as command line arguments; a request may set others on top. */
export function connectionSettings(configFile: string): string[] {
  return [
    `--config-file=${configFile}`,
    `--max_threads=${THREADS_PER_QUERY}`,
    '--max_insert_threads=1',
    `--max_memory_usage=${QUERY_MEMORY_BYTES}`,
    `--max_bytes_before_external_group_by=${SPILL_BYTES}`,
    `--max_bytes_before_external_sort=${SPILL_BYTES}`,
    `--max_temporary_data_on_disk_size_for_query=${SPILL_FILE_BYTES}`,
    `--max_execution_time=${QUERY_SECONDS}`,
    // a condition of a hundred parts is a long sentence
    `--max_query_size=${STATEMENT_BYTES}`,
    '--log_queries=0',
    '--async_insert=0',
  ]
}

interface Tree {
  readonly [name: string]: string | number | Tree
}

function asXml(name: string, value: string | number | Tree): string {
  const inside =
    typeof value === 'object'
      ? Object.entries(value)
          .map(([child, inner]) => asXml(child, inner))
          .join('')
      : value
  return `<${name}>${inside}</${name}>`
}
