import type { SeriesSpec, SeriesState } from '../series.ts'
import type { FragmentRange, SqlQuery, SqlQuestion } from './sql-query.ts'

/** The states that history leaves in one fragment. */
export interface FragmentSeries {
  readonly fragment: number
  /** in the order of the specs; undefined: no event that counts */
  readonly states: readonly (SeriesState | undefined)[]
}

/**
 * Asks for what the events up to a position leave in the series of each fragment: what `noteEntry` would have left, pruned at `question.now`.
 * @param specs at least one
 * @returns a query to be read in the format JSONCompactEachRow, a row for each fragment that has matching events, each for `readSeriesRow`
 */
export function seriesSql(specs: readonly SeriesSpec[], question: SqlQuestion, range: FragmentRange): SqlQuery {
  throw new Error(`not written yet: ${specs.length} ${question.now} ${range.from}`)
}

/**
 * Reads one row of `seriesSql`.
 * @param specs those of the query, in the same order
 * @param question that of the query
 * @param row as JSON.parse gives it
 */
export function readSeriesRow(specs: readonly SeriesSpec[], question: SqlQuestion, row: readonly unknown[]): FragmentSeries {
  throw new Error(`not written yet: ${specs.length} ${question.now} ${row.length}`)
}
