import type { Reading, Scalar, ValueOp } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { CONDITION_TEXT_CHARS_MAX, CONDITION_VALUES_MAX } from '@affluent/protocol/limits'
import { parseInstant } from '../event/event-time.ts'
import { ConditionError } from './condition-error.ts'
import { isDay, momentsOfDate } from './date-range.ts'
import { numberIn } from './number-in.ts'
import { formatSpan, parseSpan } from './parse-window.ts'

/** Reads the `value` of a test into canonical form, one method for each form that it may have. */
export class ValueReader {
  readonly #op: ValueOp
  readonly #as: Reading | undefined
  readonly #zone: string
  readonly #at: string

  /**
   * @param asked.as what texts are read as; undefined: values stay as they are
   * @param asked.zone IANA name, in which days begin and end
   * @param asked.at path of the value in the condition
   */
  constructor(asked: { op: ValueOp; as: Reading | undefined; zone: string; at: string }) {
    this.#op = asked.op
    this.#as = asked.as
    this.#zone = asked.zone
    this.#at = asked.at
  }

  /** @throws ConditionError */
  one(value: Json): Scalar {
    return this.#one(value, this.#at)
  }

  /**
   * A list without doubles, in order.
   * @throws ConditionError
   */
  list(value: Json): Scalar[] {
    if (!Array.isArray(value) || value.length === 0 || value.length > CONDITION_VALUES_MAX)
      throw new ConditionError(this.#at, `A list of 1 to ${CONDITION_VALUES_MAX} values is needed.`)
    const scalars = new Map<string, Scalar>()
    for (const [index, item] of value.entries()) {
      const scalar = this.#one(item, `${this.#at}[${index}]`)
      scalars.set(JSON.stringify(scalar), scalar)
    }
    return [...scalars.keys()].sort().map((text) => scalars.get(text) as Scalar)
  }

  /** @throws ConditionError unless it is a text that is not empty */
  text(value: Json): string {
    if (typeof value === 'string' && value !== '') return readScalar(value, this.#at) as string
    throw new ConditionError(this.#at, `"${this.#op}" takes a text that is not empty.`)
  }

  /** @throws ConditionError unless it is a number, or what the test reads texts as */
  ordered(value: Json): Scalar {
    if (typeof value === 'number' || this.#as !== undefined) return this.one(value)
    throw new ConditionError(
      this.#at,
      `"${this.#op}" takes a number; for dates there are "before" and "after", or "as":"date".`,
    )
  }

  /**
   * Two numbers or two dates, the lower one first.
   * @throws ConditionError
   */
  range(value: Json): Scalar[] {
    if (!Array.isArray(value) || value.length !== 2)
      throw new ConditionError(this.#at, `"${this.#op}" takes two ends, such as [10, 20].`)
    const [low, high] = [0, 1].map((index) => {
      const end = value[index] as Json
      const at = `${this.#at}[${index}]`
      // a text is no number unless it is said to be read as one
      const isOther = this.#as === undefined && typeof end !== 'number'
      if (isOther) throw new ConditionError(at, 'Both ends are numbers, or both are dates.')
      return this.#one(end, at)
    }) as [number | string, number | string]
    const first = typeof low === 'number' ? low : momentsOfDate(low, this.#zone).from
    const last = typeof high === 'number' ? high : momentsOfDate(high, this.#zone).to
    if (first > last) throw new ConditionError(this.#at, 'The lower end comes first.')
    return [low, high]
  }

  /**
   * A day as it was written, or a moment in ISO 8601 in UTC, to the millisecond.
   * @throws ConditionError
   */
  date(value: Json): string {
    return readDate(value, this.#at)
  }

  /**
   * A stretch of time such as "30d", in the largest unit that fits.
   * @throws ConditionError
   */
  span(value: Json): string {
    return formatSpan(parseSpan(value, this.#at))
  }

  #one(value: Json, at: string): Scalar {
    if (this.#as === 'date') return readDate(value, at)
    if (this.#as === 'number') return readNumber(value, at)
    return readScalar(value, at)
  }
}

function readScalar(value: Json, at: string): Scalar {
  if (Number.isFinite(value) || typeof value === 'boolean') return value as Scalar
  if (typeof value === 'number')
    throw new ConditionError(at, 'This number is larger than any that can be kept.')
  if (typeof value !== 'string' || value.includes('\u0000') || !value.isWellFormed())
    throw new ConditionError(at, 'A value is a text, a number, true or false.')
  if (value.length <= CONDITION_TEXT_CHARS_MAX) return value
  throw new ConditionError(at, `A text of a condition has ${CONDITION_TEXT_CHARS_MAX} characters at most.`)
}

/** A number, or a text that reads as one. */
function readNumber(value: Json, at: string): number {
  const number = typeof value === 'string' ? numberIn(value) : value
  if (typeof number === 'number') return readScalar(number, at) as number
  throw new ConditionError(at, 'A number is needed here, such as 50 or "49.90".')
}

function readDate(value: Json, at: string): string {
  const ms = typeof value === 'string' ? parseInstant(value) : undefined
  if (ms !== undefined) return isDay(value as string) ? (value as string) : new Date(ms).toISOString()
  throw new ConditionError(at, 'A date is ISO 8601, such as "2026-11-21" or "2026-11-21T10:00:00Z".')
}
