import type { Reading, Scalar, ValueOp, ValueTest } from '@affluent/protocol/condition'
import type { ValueKind } from '@affluent/protocol/endpoints/catalogue'
import type { Json } from '@affluent/protocol/event'
import type { Texts } from '../../sentence/texts.ts'
import type { Moments } from '../moments.ts'
import type { Span } from '../parse-window.ts'
import type { SqlParams } from '../sql/sql-params.ts'
import type { TypedSql } from '../sql/typed-sql.ts'
import type { ValueReader } from '../value-reader.ts'
import type { Calendar } from '../window.ts'
import type { ValueForm } from './value-form.ts'

/** What every operator says of itself, whatever it compares. */
interface OperatorBase {
  readonly takes: ValueForm
  /** the only kind of scalar that it takes; absent: any */
  readonly scalar?: 'number' | 'text'
  /** the kinds of values that a builder offers it for: before the others, or after them */
  readonly fits: Readonly<Partial<Record<ValueKind, 'first' | 'later'>>>
  /** what "as" may say of it */
  readonly readings: readonly Reading[]
  /** whether it may ignore case and accents */
  readonly ignoresCase: boolean
  /** says that it asks for exact values, which must have been seen for it to find anybody */
  readonly exact?: true
  /** its name in a list of operators: "is at least" */
  readonly label: Texts
  /** the predicate of a sentence, with `{value}`, of two ends with `{from}` and `{to}`: "is at least {value}" */
  readonly sentence: Texts
  /** a test of a trait that shows it */
  readonly example: { readonly trait: string; readonly value?: Scalar | readonly Scalar[] }
  /**
   * Reads its value into canonical form; absent: it takes none.
   * @throws ConditionError
   */
  parse?(value: Json, read: ValueReader): Scalar | readonly Scalar[]
}

/** Compares one value with what the test says; the answer stays as long as the value does. */
export interface PlainOperator extends OperatorBase {
  readonly kind: 'plain'
  /** says that a list with an element equal to the test's value passes too */
  readonly elements?: 'equal'
  /** whether a test with this value is about dates without saying so; absent: never */
  comparesDates?(value: Json): boolean
  /**
   * The moments that pass, where dates are compared.
   * @param dates the moments that each date of the test means
   */
  moments?(dates: readonly Moments[]): readonly Moments[]
  /** The test of one value, with all that can be prepared done. */
  passes(test: ValueTest): (value: Json) => boolean
  /**
   * The same of one scalar in ClickHouse.
   * @param typed the scalar; with `"as":"number"` what it reads as
   * @returns SQL of a UInt8, never null
   */
  sql(test: ValueTest, typed: TypedSql, params: SqlParams): string
}

/**
 * Asks whether there is a value at all; in ClickHouse that depends on where the value is kept, so it has no SQL of its
 * own.
 */
export interface PresenceOperator extends OperatorBase {
  readonly kind: 'presence'
  isThere(value: Json): boolean
}

/** Holds exactly where another operator does not, so also where there is no value. */
export interface NegatedOperator extends OperatorBase {
  readonly kind: 'negated'
  readonly negates: ValueOp
}

/** Compares dates with now: the answer may change by time alone. */
export interface MovingOperator extends OperatorBase {
  readonly kind: 'moving'
  readonly direction: 'past' | 'next'
  /** which moment a date means: the one that is written, or (of a day without a time) its beginning in the zone */
  readonly reads: 'written' | 'zoned'
  /** @param ms milliseconds since the epoch */
  holdsAt(ms: number, asked: Asked): boolean
  /** A moment at or before which the answer may change, not necessarily after now; Infinity: never. */
  turnsAt(ms: number, asked: Asked): number
  /** @returns SQL of a UInt8, never null */
  sql(asked: Asked, sql: MovingSql): string
}

/** When a moving operator is asked, and how far it looks. */
export interface Asked {
  readonly span: Span
  /** milliseconds since the epoch */
  readonly now: number
  readonly calendar: Calendar
}

/** What a moving operator makes its SQL of. */
export interface MovingSql {
  readonly typed: TypedSql
  readonly params: SqlParams
  /** SQL of whether the text is a date within moments */
  readonly within: (moments: Moments) => string
}

export type Operator = PlainOperator | PresenceOperator | NegatedOperator | MovingOperator

/** An operator that holds exactly where `positive` does not. */
export function negationOf(
  negates: ValueOp,
  positive: PlainOperator | PresenceOperator,
  words: Pick<OperatorBase, 'label' | 'sentence' | 'example'>,
): NegatedOperator {
  const { takes, scalar, fits, readings, ignoresCase, exact, parse } = positive
  return {
    kind: 'negated',
    negates,
    takes,
    ...(scalar === undefined ? {} : { scalar }),
    fits,
    readings,
    ignoresCase,
    ...(exact === undefined ? {} : { exact }),
    ...(parse === undefined ? {} : { parse }),
    ...words,
  }
}
