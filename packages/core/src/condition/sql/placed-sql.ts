/** Answers that go with one row. */
export const BITS = 32

/**
 * Time and position of a row and what it answers as one number, of which the greatest is the newest: one aggregate then carries all. Never 0, since no position is.
 * @param table with the columns time and position
 * @param answers SQL of UInt8, at most BITS
 * @returns SQL of a UInt128: 42 bits of milliseconds, 53 of position, 32 of answers
 */
export function placedSql(table: string, answers: readonly string[]): string {
  const bits = answers.map((answer, bit) => `bitShiftLeft(toUInt64(${answer}), ${bit})`).join(' + ')
  const time = `bitShiftLeft(toUInt128(toUnixTimestamp64Milli(${table}.time)), 85)`
  return `${time} + bitShiftLeft(toUInt128(${table}.position), ${BITS}) + ${bits}`
}

/** SQL of one answer of `placedSql`, 0 or 1. */
export function bitSql(placed: string, bit: number): string {
  return `bitAnd(bitShiftRight(toUInt64(${placed}), ${bit}), 1)`
}
