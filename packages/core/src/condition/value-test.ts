import type { ValueTest } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { parseInstant } from '../event/event-time.ts'
import { comparesDates, momentOf, momentsOfTest } from './date-range.ts'
import type { Asked, MovingOperator } from './operators/operator.ts'
import { operators } from './operators/operators.ts'
import { parseSpan } from './parse-window.ts'
import { calendarOf } from './window.ts'

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
  const operator = operators[test.op]
  switch (operator.kind) {
    case 'negated': {
      const positive = compileTest({ ...test, op: operator.negates }, zone)
      return { holds: (values, now) => !positive.holds(values, now), turnsAt: NEVER }
    }
    case 'moving':
      return movingTest(operator, test, zone)
    case 'presence':
      return { holds: (values) => values.some(operator.isThere), turnsAt: NEVER }
    case 'plain': {
      const one = comparesDates(test) ? dateTest(test, zone) : operator.passes(test)
      return { holds: (values) => values.some(one), turnsAt: NEVER }
    }
  }
}

function dateTest(test: ValueTest, zone: string): (value: Json) => boolean {
  const ranges = momentsOfTest(test, zone)
  return (value) => {
    const ms = momentOf(value, zone)
    return ms !== undefined && ranges.some(({ from, to }) => ms >= from && ms <= to)
  }
}

function movingTest(operator: MovingOperator, test: ValueTest, zone: string): CompiledTest {
  const span = parseSpan(test.value as string, '')
  const calendar = calendarOf(zone)
  const read = operator.reads === 'written' ? writtenMoment : momentOf
  return {
    holds: (values, now) => {
      const asked: Asked = { span, now, calendar }
      return values.some((value) => {
        const ms = read(value, zone)
        return ms !== undefined && operator.holdsAt(ms, asked)
      })
    },
    turnsAt: (values, now) => {
      const asked: Asked = { span, now, calendar }
      let earliest = Number.POSITIVE_INFINITY
      for (const value of values) {
        const ms = read(value, zone)
        if (ms !== undefined) earliest = Math.min(earliest, Math.max(operator.turnsAt(ms, asked), now + 1))
      }
      return earliest
    },
  }
}

function writtenMoment(value: Json): number | undefined {
  return typeof value === 'string' ? parseInstant(value) : undefined
}
