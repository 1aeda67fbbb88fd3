import { INSTANT_END_MS, INSTANT_MIN_MS } from '../../event/event-time.ts'

const SPACES =
  '\\\\t\\\\n\\\\v\\\\f\\\\r \\\\x{a0}\\\\x{1680}\\\\x{2000}-\\\\x{200a}\\\\x{2028}\\\\x{2029}\\\\x{202f}\\\\x{205f}\\\\x{3000}\\\\x{feff}'
const ISO = `^(\\\\d{4})-(\\\\d{2})-(\\\\d{2})(?:[Tt ](\\\\d{2}):(\\\\d{2})(?::(\\\\d{2})(?:[.,](\\\\d{1,9}))?)?[${SPACES}]?([Zz]|[+-]\\\\d{2}(?::?\\\\d{2})?)?)?\\\\z`
const LONGEST_BYTES = 40
/** What dates mostly look like, as far as nothing about them needs a calendar. */
const USUAL =
  '^(?:19|2[0-2])\\\\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\\\d|2[0-8])(?:T(?:[01]\\\\d|2[0-3]):[0-5]\\\\d:[0-5]\\\\d(?:\\\\.\\\\d{3})?Z)?\\\\z'

/**
 * The moment that a text names, by the rules of `parseInstant`.
 * @param text SQL of a String
 * @returns SQL of an Array(Int64): milliseconds since the epoch, empty when it is no date
 */
export function instantSql(text: string): string {
  const isUsual = `match(${text}, '${USUAL}')`
  const maybe = `length(${text}) between 10 and ${LONGEST_BYTES} and substring(${text}, 5, 1) = '-'`
  // texts that cannot be dates are not matched, and give nothing to the steps below
  const groups = `extractGroups(if(${maybe} and not ${isUsual}, ${text}, ''), '${ISO}')`
  const moments = `arrayMap(g -> ${momentSql()}, arrayFilter(g -> ${isMomentSql()}, [${groups}]))`
  const others = `arrayFilter(ms -> ms >= ${INSTANT_MIN_MS} and ms < ${INSTANT_END_MS}, ${moments})`
  return `if(${isUsual}, [${usualSql(text)}], ${others})`
}

/** Milliseconds since the epoch of a date that is USUAL; its parts are numbers or missing. */
function usualSql(text: string): string {
  const part = (from: number, length: number) => `toInt64OrZero(substring(${text}, ${from}, ${length}))`
  const days = `toInt64(toInt32(toDate32OrZero(substring(${text}, 1, 10))))`
  const seconds = `((${part(12, 2)} * 60 + ${part(15, 2)}) * 60 + ${part(18, 2)})`
  return `${days} * 86400000 + ${seconds} * 1000 + ${part(21, 3)}`
}

const at = (index: number): string => `toInt64OrZero(g[${index}])`
const [YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, FRACTION] = [at(1), at(2), at(3), at(4), at(5), at(6), at(7)]
const ZONE_DIGITS = "replaceAll(substring(g[8], 2), ':', '')"
const ZONE_HOURS = `toInt64OrZero(substring(${ZONE_DIGITS}, 1, 2))`
const ZONE_MINUTES = `toInt64OrZero(substring(${ZONE_DIGITS}, 3, 2))`

/** Whether the groups `g` (year, month, day, hour, minute, second, fraction, zone) are a moment. */
function isMomentSql(): string {
  const isLeap = `(${YEAR} % 4 = 0 and ${YEAR} % 100 != 0 or ${YEAR} % 400 = 0)`
  const daysOfMonth = `[31, if(${isLeap}, 29, 28), 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][${MONTH}]`
  const isDate = `${MONTH} between 1 and 12 and ${DAY} >= 1 and ${DAY} <= ${daysOfMonth}`
  const isMidnight = `${HOUR} = 24 and ${MINUTE} = 0 and ${SECOND} = 0 and ${FRACTION} = 0`
  const isTime = `(${isMidnight} or ${HOUR} < 24 and ${MINUTE} < 60 and ${SECOND} <= 60)`
  return `notEmpty(g) and ${isDate} and ${isTime} and ${ZONE_HOURS} < 24 and ${ZONE_MINUTES} < 60`
}

/** Milliseconds since the epoch of the groups `g`. */
function momentSql(): string {
  // years begin in March, so that the day of a leap year comes last
  const year = `(${YEAR} - if(${MONTH} <= 2, 1, 0))`
  const month = `(${MONTH} + if(${MONTH} > 2, -3, 9))`
  const leapDays = `intDiv(${year}, 4) - intDiv(${year}, 100) + intDiv(${year}, 400)`
  const days = `(365 * ${year} + ${leapDays} + intDiv(153 * ${month} + 2, 5) + ${DAY} - 719469)`
  const seconds = `((${HOUR} * 60 + ${MINUTE}) * 60 + least(${SECOND}, 59))`
  const thousandths = "toInt64OrZero(rightPad(substring(g[7], 1, 3), 3, '0'))"
  const offset = `if(startsWith(g[8], '-'), -1, 1) * (${ZONE_HOURS} * 60 + ${ZONE_MINUTES}) * 60000`
  return `${days} * 86400000 + ${seconds} * 1000 + ${thousandths} - ${offset}`
}
