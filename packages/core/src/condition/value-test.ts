import type { Scalar, ValueTest } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { parseInstant } from '../event/event-time.ts'
import { comparesDates, momentOf, momentsOfTest } from './date-range.ts'
import { foldText } from './fold-text.ts'
import { numberIn } from './number-in.ts'
import { parseSpan } from './parse-window.ts'
import { ahead, anniversaryAt, boundsAt, comesWithin, leavesAt } from './window.ts'

/** A question to the values at a path, ready to be asked. */
export interface CompiledTest {
  /** @param values none, one, or those of any element */
  holds(values: readonly Json[], now: number): boolean
  /** a moment after `now`, at or before which the answer may change by time alone; Infinity: never */
  turnsAt(values: readonly Json[], now: number): number
}

const NEVER = () => Number.POSITIVE_INFINITY

/**
 * Makes a test askable. Typed: a number never equals a text, a text never exceeds a number.
 * @param zone IANA name, for ops that follow the calendar
 */
export function compileTest(test: ValueTest, zone: string): CompiledTest {
  switch (test.op) {
    case 'not_equals':
      return negate(compileTest({ ...test, op: 'equals' }, zone))
    case 'not_in':
      return negate(compileTest({ ...test, op: 'in' }, zone))
    case 'not_contains':
      return negate(compileTest({ ...test, op: 'contains' }, zone))
    case 'not_exists':
      return negate(compileTest({ ...test, op: 'exists' }, zone))
    case 'within_last':
    case 'within_next':
    case 'anniversary_within_next':
      return movingTest(test, zone)
    default: {
      const one = comparesDates(test) ? dateTest(test, zone) : stillTest(test)
      return { holds: (values) => values.some(one), turnsAt: NEVER }
    }
  }
}

function negate(test: CompiledTest): CompiledTest {
  return { holds: (values, now) => !test.holds(values, now), turnsAt: NEVER }
}

function stillTest(test: ValueTest): (value: Json) => boolean {
  const fold = test.ignoreCase === true ? foldJson : test.as === 'number' ? numberOf : same
  switch (test.op) {
    case 'exists':
      return isSomething
    case 'equals': {
      const wanted = fold(test.value as Scalar)
      return (value) => fold(value) === wanted
    }
    case 'in': {
      const wanted = new Set((test.value as readonly Scalar[]).map(fold))
      return (value) => wanted.has(fold(value))
    }
    case 'contains': {
      const wanted = fold(test.value as Scalar)
      return (value) => {
        if (Array.isArray(value)) return value.some((item) => fold(item) === wanted)
        return (
          typeof value === 'string' && typeof wanted === 'string' && (fold(value) as string).includes(wanted)
        )
      }
    }
    case 'starts_with': {
      const wanted = fold(test.value as string) as string
      return (value) => typeof value === 'string' && (fold(value) as string).startsWith(wanted)
    }
    case 'ends_with': {
      const wanted = fold(test.value as string) as string
      return (value) => typeof value === 'string' && (fold(value) as string).endsWith(wanted)
    }
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
    case 'between':
      return numberTest(test)
    default:
      throw new Error(`"${test.op}" is not asked of one value.`)
  }
}

/** A list is something, also an empty one; an object is what is in it. */
function isSomething(value: Json): boolean {
  if (typeof value !== 'object') return true
  return value !== null && (Array.isArray(value) || Object.values(value).some(isSomething))
}

function numberTest({ op, value, as }: ValueTest): (value: Json) => boolean {
  const read = as === 'number' ? numberOf : same
  if (op === 'between') {
    const [low, high] = value as [number, number]
    return numberHolds(read, (number) => number >= low && number <= high)
  }
  const wanted = value as number
  switch (op) {
    case 'gt':
      return numberHolds(read, (number) => number > wanted)
    case 'gte':
      return numberHolds(read, (number) => number >= wanted)
    case 'lt':
      return numberHolds(read, (number) => number < wanted)
    default:
      return numberHolds(read, (number) => number <= wanted)
  }
}

function numberHolds(
  read: (value: Json) => Json,
  compare: (number: number) => boolean,
): (value: Json) => boolean {
  return (value) => {
    const number = read(value)
    return typeof number === 'number' && compare(number)
  }
}

/** A text as the number that it reads as; what reads as none equals no number. */
function numberOf(value: Json): Json {
  return typeof value === 'string' ? (numberIn(value) ?? null) : typeof value === 'number' ? value : null
}

function dateTest(test: ValueTest, zone: string): (value: Json) => boolean {
  const ranges = momentsOfTest(test, zone)
  return (value) => {
    const ms = momentOf(value, zone)
    return ms !== undefined && ranges.some(({ from, to }) => ms >= from && ms <= to)
  }
}

function movingTest(test: ValueTest, zone: string): CompiledTest {
  const span = parseSpan(test.value as string, '')
  const holdsAt = (ms: number, now: number): boolean => {
    switch (test.op) {
      case 'within_last':
        return ms > boundsAt(span, now, zone).after && ms <= now
      case 'within_next':
        return ms > now && ms <= ahead(span, now, zone)
      default:
        return anniversaryAt(ms, now, zone).from <= ahead(span, now, zone)
    }
  }
  const turnsAt = (ms: number, now: number): number => {
    const holds = holdsAt(ms, now)
    switch (test.op) {
      case 'within_last':
        if (ms > now) return ms
        return holds ? leavesAt(span, ms, now, zone) : Number.POSITIVE_INFINITY
      case 'within_next':
        if (ms <= now) return Number.POSITIVE_INFINITY
        return holds ? ms : comesWithin(span, ms, now, zone)
      default: {
        const { from, end } = anniversaryAt(ms, now, zone)
        return holds ? end : comesWithin(span, from, now, zone)
      }
    }
  }
  // the day of an anniversary is the one that is written, whatever the zone
  const read = test.op === 'anniversary_within_next' ? writtenMoment : momentOf
  return {
    holds: (values, now) =>
      values.some((value) => {
        const ms = read(value, zone)
        return ms !== undefined && holdsAt(ms, now)
      }),
    turnsAt: (values, now) => {
      let earliest = Number.POSITIVE_INFINITY
      for (const value of values) {
        const ms = read(value, zone)
        if (ms !== undefined) earliest = Math.min(earliest, Math.max(turnsAt(ms, now), now + 1))
      }
      return earliest
    },
  }
}

function writtenMoment(value: Json): number | undefined {
  return typeof value === 'string' ? parseInstant(value) : undefined
}

function same(value: Json): Json {
  return value
}

function foldJson(value: Json): Json {
  return typeof value === 'string' ? foldText(value) : value
}
