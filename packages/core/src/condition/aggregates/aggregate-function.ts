import type { AggregateLeaf, CountOp, ValueTest } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import type { Texts } from '../../sentence/texts.ts'
import type { Decide } from '../series-reading.ts'
import type { SqlParams } from '../sql/sql-params.ts'
import type { TypedSql } from '../sql/typed-sql.ts'
import type { CompiledTest } from '../value-test.ts'
import type { AggregatedSql } from './aggregated-sql.ts'
import type { Keeper } from './keeper.ts'

/** What an aggregate over the values of events is: how they are kept, what they come to, and how that is told. */
export interface AggregateFunction extends Keeper {
  /** what its value is compared by: the operators of counts, with a number, or those of values */
  readonly comparedBy: 'counts' | 'values'
  /** its name in a list of measures */
  readonly label: Texts
  /** a relative clause with `{property}`, `{event}` and `{test}` */
  readonly sentence: Texts
  /** a leaf that shows it, as conditions are written */
  readonly example: JsonObject
  /**
   * What entries come to, compared with what the leaf asks.
   * @param compile makes a test of values askable
   */
  decider(leaf: AggregateLeaf, compile: (test: ValueTest) => CompiledTest): Decide
  /**
   * What one event brings where its property goes into lists.
   * @param elements SQL of an Array(String) of JSON scalars
   */
  elementsSql(elements: string, define: (expression: string) => string): AggregatedSql
  /** Whether the leaf holds for a profile, as SQL over the profile's columns. */
  holdsSql(leaf: AggregateLeaf, facts: AggregateFacts): string
}

/** An aggregate leaf whose value is compared with a number. */
export interface NumberLeaf extends AggregateLeaf {
  readonly op: CountOp
  readonly value: number
}

/** What the SQL of an aggregate is made of. */
export interface AggregateFacts {
  readonly params: SqlParams
  /** SQL of whether an event is one that the leaf is about */
  readonly matches: string
  /** what one event brings */
  readonly brings: AggregatedSql
  /** Gives an expression over an event a name. */
  define(expression: string): string
  /**
   * A column for each fragment, folded for the profile.
   * @param make `own`: an aggregate over the events of a fragment; `none`: of a fragment without; `fold`: over its own
   * `name`
   * @returns the name of the folded column
   */
  column(
    make: (name: string) => { readonly own: string; readonly none: string; readonly fold: string },
  ): string
  /** How many events there are. @returns the name of the folded column */
  count(matches: string): string
  /** The name of a fragment's column by the name of the folded one. */
  ownOf(column: string): string
  /** Whether a scalar passes a test that is not negated. */
  passesSql(test: ValueTest, typed: TypedSql): string
}
