import { LOOK_MS_MAX } from '@affluent/protocol/limits'

/**
 * Settings of a question that somebody waits for in front of a screen: it ends in time, with an error that says so. ClickHouse remembers how many rows a join
 * had and turns its sides the next time, also where only some rows of the larger side count: the same question then takes five times as long.
 */
export const LOOK_SETTINGS = {
  max_execution_time: LOOK_MS_MAX / 1_000,
  query_plan_join_swap_table: 'false',
}
