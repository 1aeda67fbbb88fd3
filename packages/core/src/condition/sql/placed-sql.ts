/** Answers that go with one row. */
export const BITS = 32
/** Milliseconds since 1970 of all years that events may have. */
const TIME_BITS = 42

/**
 * Time and position of a row and what it answers as one number, of which the greatest is the newest: one aggregate then
 * carries all. Never 0, since no position is.
 * @param table with the columns time and position
 * @param answers SQL of UInt8, at most BITS
 * @returns SQL of a UInt128: 42 bits of milliseconds, 53 of position, 32 of answers
 */
export function placedSql(table: string, answers: readonly string[]): string {
  return `${placeSql(table)} + ${bitsSql(answers)}`
}

function placeSql(table: string): string {
  const time = `bitShiftLeft(toUInt128(toUnixTimestamp64Milli(${table}.time)), 85)`
  return `${time} + bitShiftLeft(toUInt128(${table}.position), ${BITS})`
}

function bitsSql(answers: readonly string[]): string {
  return answers.map((answer, bit) => `bitShiftLeft(toUInt64(${answer}), ${bit})`).join(' + ')
}

/**
 * The same for a row of `trait`, such that the greatest is the one that stands: the newest that was set, else the
 * earliest first-touch value.
 * @param answers SQL of UInt8, at most BITS
 */
export function traitPlacedSql(answers: readonly string[]): string {
  const bits = bitsSql(answers)
  const isSet = 'bitShiftLeft(toUInt128(1), 127)'
  const time = `toUInt128(${2 ** TIME_BITS - 1} - toUnixTimestamp64Milli(trait.time))`
  const position = `toUInt128(${Number.MAX_SAFE_INTEGER} - trait.position)`
  const earlier = `bitShiftLeft(${time}, 85) + bitShiftLeft(${position}, ${BITS})`
  return `if(trait.once = 0, ${isSet} + ${placeSql('trait')}, ${earlier}) + ${bits}`
}

/** SQL of one answer of `placedSql`, 0 or 1. */
export function bitSql(placed: string, bit: number): string {
  return `bitAnd(bitShiftRight(toUInt64(${placed}), ${bit}), 1)`
}
