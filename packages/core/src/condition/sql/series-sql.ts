import type { Scalar } from '@affluent/protocol/condition'
import { SERIES_ENTRIES_MAX, SUM_VALUE_END } from '@affluent/protocol/limits'
import { type AggregatedSql, isScalarSql } from '../aggregates/aggregated-sql.ts'
import { aggregates } from '../aggregates/aggregates.ts'
import { addHistory } from '../series.ts'
import type { SeriesSpec, SeriesState } from '../series-state.ts'
import { expiredAt, type WindowBounds } from '../window.ts'
import { eventsSql, patternSql, timeSql } from './pattern-sql.ts'
import { aggregatedSql } from './property-sql.ts'
import { scaledSql } from './scaled-sql.ts'
import { SqlParams } from './sql-params.ts'
import { type FragmentRange, LONG_SENTENCE, type SqlQuery, type SqlQuestion } from './sql-query.ts'
import type { TestContext } from './value-test-sql.ts'

/** The states that history leaves in one fragment. */
export interface FragmentSeries {
  readonly fragment: number
  /** in the order of the specs; undefined: no event that counts */
  readonly states: readonly (SeriesState | undefined)[]
}

/** One more than a series may keep, so that too many are seen as too many. */
const ENTRIES = SERIES_ENTRIES_MAX + 1

/**
 * Asks for what the events up to a position leave in the series of each fragment: what `noteEntry` would have left,
 * pruned at `question.now`.
 * @param specs at least one
 * @returns a query to be read in the format JSONCompactEachRow, a row for each fragment that has matching events, each
 * for `readSeriesRow`
 */
export function seriesSql(
  specs: readonly SeriesSpec[],
  question: SqlQuestion,
  range: FragmentRange,
): SqlQuery {
  const params = new SqlParams()
  const definitions = new Map<string, string>()
  const define = (expression: string): string => {
    const known = definitions.get(expression)
    if (known !== undefined) return known
    const name = `d${definitions.size}`
    definitions.set(expression, name)
    return name
  }
  const matching: string[] = []
  const columns = specs.map((spec, index) => {
    const pattern = patternSql(spec, { now: question.now, zone: question.zone, params })
    const matches = define(`${pattern}${timeSql(lastingBounds(spec, question), params)}`)
    matching.push(matches)
    return `${columnSql(spec, new SpecSql(spec, matches, question, params, define))} as s${index}`
  })
  const query = `with ${[...definitions].map(([expression, name]) => `${expression} as ${name}`).join(', ')}
select event.fragment as fragment, ${columns.join(', ')} from event
prewhere ${eventsSql(specs, question, params)} and event.fragment >= ${params.uint(range.from)} and event.fragment < ${params.uint(range.to)}
where ${[...new Set(matching)].join(' or ')}
group by fragment`
  return { query, params: params.values, settings: LONG_SENTENCE }
}

/** Event times that may still count now or later. */
function lastingBounds({ window }: SeriesSpec, { now, zone }: SqlQuestion): WindowBounds {
  const endless = Number.POSITIVE_INFINITY
  if (window?.kind === 'range')
    return { after: (window.from ?? Number.NEGATIVE_INFINITY) - 1, to: window.to ?? endless }
  return { after: expiredAt(window, now, zone), to: endless }
}

function columnSql(spec: SeriesSpec, sql: SpecSql): string {
  const shape = spec.keeper.shape(spec.window)
  switch (shape.kind) {
    case 'times':
      return `(${sql.latestTimes(Math.min(spec.latest, ENTRIES))}, ${sql.comingTimes()})`
    case 'sum':
      return `(${sql.sum()}, ${sql.coming()})`
    case 'latest':
      return sql.latest()
    case 'extreme':
      return `(${sql.extreme(shape.best)}, ${sql.coming()})`
    case 'values':
      return `(${shape.best === undefined ? sql.latestOfEachValue() : sql.latestOfGoodValues(shape.best)}, ${sql.coming()})`
    case 'edge':
      return `(${sql.edge(shape.end)}, ${sql.coming()})`
  }
}

/** What the column of one series is made of. */
class SpecSql {
  readonly #params: SqlParams
  readonly #define: (expression: string) => string
  readonly #past: string
  readonly #future: string
  readonly #any: string
  readonly #time: string
  readonly #number: string
  /** a number, or any scalar as JSON; of several values each of them */
  readonly #value: string
  /** SQL of an array, where an event may bring several values */
  readonly #values: string | undefined

  constructor(
    spec: SeriesSpec,
    matches: string,
    { now, zone }: SqlQuestion,
    params: SqlParams,
    define: (expression: string) => string,
  ) {
    this.#params = params
    this.#define = define
    this.#time = define('toUnixTimestamp64Milli(event.time)')
    const aggregated = aggregatedOf(spec, { now, zone, params }, define)
    const own = entryOf(spec, aggregated)
    this.#number = own.number
    this.#value = own.value === own.number || own.value === 'v' ? own.value : define(own.value)
    this.#values = aggregated?.kind === 'many' ? aggregated.values : undefined
    this.#any = own.isThere === undefined ? matches : define(`${matches} and ${own.isThere}`)
    const isPast = `event.time <= ${params.time(now)}`
    this.#past = define(`${this.#any} and ${isPast}`)
    this.#future = define(`${this.#any} and not ${isPast}`)
  }

  latestTimes(count: number): string {
    return count === 0 ? 'emptyArrayInt64()' : `groupArraySortedIf(${count})(-${this.#time}, ${this.#past})`
  }

  comingTimes(): string {
    return `groupArraySortedIf(${ENTRIES})(${this.#time}, ${this.#future})`
  }

  /** Entries of the future: time, position, value. */
  coming(): string {
    return this.#sorted(`(${this.#time}, event.position, ${this.#value})`, this.#future)
  }

  /** The latest entries, also those of the future: time and position below zero, value. */
  latest(): string {
    return this.#sorted(`(-${this.#time}, -toInt64(event.position), ${this.#value})`, this.#any)
  }

  #sorted(entry: string, which: string): string {
    if (this.#values === undefined) return `groupArraySortedIf(${ENTRIES})(${entry}, ${which})`
    return `groupArraySortedArrayIf(${ENTRIES})(arrayMap(v -> ${entry}, ${this.#values}), ${which})`
  }

  /** How many values are past, and their sum. */
  sum(): string {
    const end = this.#params.float(SUM_VALUE_END)
    if (this.#values !== undefined) {
      const summed = this.#define(`arrayFilter(n -> abs(n) < ${end}, ${this.#values})`)
      const sum = `sumArrayIf(arrayMap(n -> ${scaledSql('n')}, ${summed}), ${this.#past})`
      return `sumIf(length(${summed}), ${this.#past}), toString(${sum})`
    }
    const isSummed = this.#define(`${this.#past} and abs(${this.#number}) < ${end}`)
    // what is too large is not added, but ClickHouse computes it all the same, and fails on what is no whole number
    const own = this.#define(`if(abs(${this.#number}) < ${end}, ${this.#number}, 0.)`)
    return `countIf(${isSummed}), toString(sumIf(${this.#define(scaledSql(own, this.#define))}, ${isSummed}))`
  }

  /** How many entries are past, and of the least or greatest one: time, value. */
  extreme(best: 'min' | 'max'): string {
    const which = best === 'min' ? 'Min' : 'Max'
    return `countIf(${this.#past}), arg${which}If(${this.#time}, ${this.#number}, ${this.#past}), ${best}If(${this.#number}, ${this.#past})`
  }

  /** Of each value the latest time: value, time. */
  latestOfEachValue(): string {
    return `arraySlice(arraySort(entry -> -entry.2, ${this.#latestTimes(this.#value, 'key')}), 1, ${ENTRIES})`
  }

  /** Of each number the latest time, as far as it may decide: number, time. */
  latestOfGoodValues(best: 'min' | 'max'): string {
    // a map's key may be anything but a double
    const all = this.#latestTimes(`reinterpretAsUInt64(${this.#value})`, 'reinterpretAsFloat64(key)')
    // a value that a better one follows never decides; few are left of however many
    const tooMany = `if(length(${all}) > ${ENTRIES}, ${all}, [])`
    const bestFirst = best === 'min' ? `arraySort(${tooMany})` : `arrayReverseSort(${tooMany})`
    const nothing = `(toInt64(-1), CAST([], 'Array(Tuple(Float64, Int64))'))`
    const step = 'if(entry.2 > kept.1, (entry.2, arrayPushBack(kept.2, entry)), kept)'
    const few = `arrayFold((kept, entry) -> ${step}, ${bestFirst}, ${nothing}).2`
    return `if(length(${all}) > ${ENTRIES}, ${few}, ${all})`
  }

  /**
   * Of each value the latest time, as pairs.
   * @param key SQL of what stands for a value in a map
   * @param value SQL of the value of a `key`
   */
  #latestTimes(key: string, value: string): string {
    const each = this.#values === undefined ? undefined : `arrayDistinct(${this.#values})`
    const times =
      each === undefined
        ? `map(${key}, ${this.#time})`
        : `mapFromArrays(${each}, arrayMap(v -> ${this.#time}, ${each}))`
    const latest = `maxMapIf(${times}, ${this.#past})`
    return `arrayMap((key, time) -> (${value}, time), mapKeys(${latest}), mapValues(${latest}))`
  }

  /** How many entries are past, and of the first or last one: time, position, value. */
  edge(end: 'first' | 'last'): string {
    const which = end === 'first' ? 'Min' : 'Max'
    const entry = `(${this.#time}, event.position, ${this.#value})`
    return `countIf(${this.#past}), arg${which}If(${entry}, (${this.#time}, event.position), ${this.#past})`
  }
}

function aggregatedOf(
  { keeps, property, type }: SeriesSpec,
  context: TestContext,
  define: (expression: string) => string,
): AggregatedSql | undefined {
  if (keeps === 'times' || property === undefined) return undefined
  return aggregatedSql(aggregates[keeps], property, type, context, define)
}

/** Whether an event brings anything, and what: a number, or any scalar as JSON. */
function entryOf(
  { keeper }: SeriesSpec,
  aggregated: AggregatedSql | undefined,
): { readonly isThere: string | undefined; readonly number: string; readonly value: string } {
  if (aggregated === undefined) return { isThere: undefined, number: '0', value: '0' }
  if (aggregated.kind === 'many')
    return { isThere: `notEmpty(${aggregated.values})`, number: 'v', value: 'v' }
  const { num, text, flag } = aggregated.typed
  if (keeper.values === 'numbers') return { isThere: num.is, number: num.value, value: num.value }
  return {
    isThere: isScalarSql(aggregated.typed),
    number: num.value,
    value: `multiIf(${num.is}, toString(${num.value}), ${text.is}, toJSONString(${text.value}), ${flag.value}, 'true', 'false')`,
  }
}

type Entry = readonly [time: number, position: number, value: number | string]

/**
 * Reads one row of `seriesSql`.
 * @param specs those of the query, in the same order
 * @param question that of the query
 * @param row as JSON.parse gives it
 */
export function readSeriesRow(
  specs: readonly SeriesSpec[],
  question: SqlQuestion,
  row: readonly unknown[],
): FragmentSeries {
  const [fragment, ...columns] = row
  const states = specs.map((spec, index) => {
    const found = readColumn(spec, columns[index])
    const isEmpty = found.t.length === 0 && (found.n ?? 0) === 0
    return isEmpty ? undefined : addHistory(spec, undefined, found, question.now, question.zone)
  })
  return { fragment: Number(fragment), states }
}

function readColumn(spec: SeriesSpec, column: unknown): SeriesState {
  switch (spec.keeper.shape(spec.window).kind) {
    case 'times': {
      const [latest, coming] = column as [number[], number[]]
      return { t: [...latest.map((time) => -time).reverse(), ...coming] }
    }
    case 'sum': {
      const [count, sum, coming] = column as [number, string, Entry[]]
      return { ...stateOf(spec, coming), n: count, s: sum }
    }
    case 'latest': {
      const entries = (column as Entry[]).map(([time, position, value]): Entry => [-time, -position, value])
      return stateOf(spec, entries.reverse())
    }
    case 'extreme': {
      const [count, time, value, coming] = column as [number, number, number, Entry[]]
      return stateOf(spec, count === 0 ? coming : [[time, 0, value], ...coming])
    }
    case 'values': {
      const [latest, coming] = column as [(readonly [number | string, number])[], Entry[]]
      const past = latest.map(([value, time]): Entry => [time, 0, value]).sort((a, b) => a[0] - b[0])
      return stateOf(spec, [...past, ...coming])
    }
    case 'edge': {
      const [count, entry, coming] = column as [number, Entry, Entry[]]
      return stateOf(spec, count === 0 ? coming : [entry, ...coming])
    }
  }
}

/** @param entries in the order of (time, position) */
function stateOf({ keeper, window }: SeriesSpec, entries: readonly Entry[]): SeriesState {
  const values = entries.map(([, , value]) =>
    typeof value === 'string' ? (JSON.parse(value) as Scalar) : value,
  )
  const state: SeriesState = { t: entries.map(([time]) => time), v: values }
  if (keeper.newState(window).p !== undefined) state.p = entries.map(([, position]) => position)
  return state
}
