/** What a row of `event` says of itself, as bits of its column `flags` beside those of the processor. */
export const ROW_FLAGS = {
  /** what is in `raw` is JSON that ClickHouse's parser takes as it is */
  plain: 4,
  /** the typed columns hold all of the properties */
  whole: 8,
} as const

/** SQL of whether a row of `event` has a flag. */
export function hasFlagSql(flag: keyof typeof ROW_FLAGS): string {
  return `bitAnd(flags, ${ROW_FLAGS[flag]}) != 0`
}
