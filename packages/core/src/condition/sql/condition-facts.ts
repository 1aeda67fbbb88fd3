import type {
  AggregateLeaf,
  Condition,
  CountLeaf,
  CountOp,
  EachLeaf,
  TraitLeaf,
} from '@affluent/protocol/condition'
import { SUM_VALUE_END } from '@affluent/protocol/limits'
import { unreachable } from '@affluent/protocol/unreachable'
import { isWeak } from '../../identity/namespaces.ts'
import { canonicalText } from '../canonical-text.ts'
import { scaled } from '../exact-sum.ts'
import { rootOf } from '../value-path.ts'
import { eventsSql, patternSql, windowSql } from './pattern-sql.ts'
import { BITS, bitSql, placedSql, traitPlacedSql } from './placed-sql.ts'
import { type AggregatedSql, aggregatedSql } from './property-sql.ts'
import { scaledSql } from './scaled-sql.ts'
import { SqlParams } from './sql-params.ts'
import type { SqlQuestion } from './sql-query.ts'
import { TAKEN_AWAY } from './taken-away.ts'
import { traitPassesSql } from './trait-sql.ts'
import {
  isNegated,
  positiveOf,
  scalarHoldsSql,
  type TestContext,
  type TypedSql,
  typedJsonSql,
} from './value-test-sql.ts'

/** What is computed for each fragment, and how it is put together for a profile. */
interface Column {
  readonly name: string
  /** of a fragment: an aggregate over the rows of its table */
  readonly own: string
  /** of a fragment about which the table says nothing */
  readonly none: string
  /** of a profile: an aggregate over its fragments' `name` */
  readonly fold: string
}

/** Tests of one trait's value. */
interface TraitTests {
  readonly root: string
  readonly name: string
  readonly passes: string[]
}

/** What a condition must know of each profile: columns by the table that they come from, computed for each fragment and folded. */
export class ConditionFacts {
  readonly params = new SqlParams()
  readonly #question: SqlQuestion
  readonly #context: TestContext
  readonly #events: Column[] = []
  readonly #patterns: (CountLeaf | AggregateLeaf)[] = []
  readonly #traits: TraitTests[] = []
  readonly #identifiers: Column[] = []
  /** names of expressions over a row of `event`, in the order in which they build on each other */
  readonly #definitions = new Map<string, string>()
  /** which events any leaf is about, and which identifiers */
  readonly #matching = new Set<string>()
  readonly #namespaces = new Set<string>()
  readonly #leaves = new Map<string, { readonly name: string; readonly holds: string }>()
  #columns = 0

  constructor(question: SqlQuestion) {
    this.#question = question
    this.#context = { now: question.now, zone: question.zone, params: this.params }
  }

  /**
   * A condition as SQL over the columns of its leaves, 0 or 1; equal leaves share theirs. Least and greatest stand for "and" and "or": what ClickHouse does to simplify a long
   * "or" of "and"s takes it minutes.
   */
  conditionSql(condition: Condition): string {
    switch (condition.kind) {
      case 'all':
        return joined(
          'least',
          condition.of.map((part) => this.conditionSql(part)),
          '1',
        )
      case 'any':
        return joined(
          'greatest',
          condition.of.map((part) => this.conditionSql(part)),
          '0',
        )
      case 'not':
        return `(1 - ${this.conditionSql(condition.of)})`
      default: {
        const key = canonicalText(condition)
        const known = this.#leaves.get(key)
        if (known !== undefined) return known.name
        const leaf = { name: `l${this.#leaves.size}`, holds: this.#leafSql(condition) }
        this.#leaves.set(key, leaf)
        return leaf.name
      }
    }
  }

  #leafSql(leaf: Exclude<Condition, { kind: 'all' | 'any' | 'not' }>): string {
    const { params } = this
    switch (leaf.kind) {
      case 'trait':
      case 'each':
        return this.#traitSql(leaf)
      case 'count':
        this.#patterns.push(leaf)
        return `${this.#count(this.#matches(leaf))} ${compared(leaf.op)} ${params.uint(leaf.count)}`
      case 'aggregate':
        this.#patterns.push(leaf)
        return this.#aggregateSql(leaf)
      case 'identifier': {
        const has = this.#flag(`identifier.namespace = ${params.text(leaf.namespace)}`)
        return leaf.op === 'exists' ? `${has} = 1` : `${has} = 0`
      }
      case 'known':
        return `${this.#flag(this.#namesPersonSql())} = 1`
      case 'bucket': {
        const place = `murmurHash3_32(concat(${params.text(`${leaf.seed}:`)}, toString(owner))) / 4294967296. * 100.`
        return `${place} >= ${params.float(leaf.from)} and ${place} < ${params.float(leaf.to)}`
      }
      case 'audience':
        throw new Error(`The audience "${leaf.key}" was not replaced by its condition.`)
      default:
        return unreachable(leaf)
    }
  }

  #matches(leaf: CountLeaf | AggregateLeaf): string {
    const pattern = this.#define(patternSql(leaf, this.#context))
    const matches = this.#define(`${pattern}${windowSql(leaf.within, this.#question, this.params)}`)
    this.#matching.add(matches)
    return matches
  }

  /** How many of an event's values are summed, and their sum: SQL over a row of `event`. */
  #summed(aggregated: AggregatedSql): {
    readonly count: string
    readonly sum: string
    readonly array: string
  } {
    const end = this.params.float(SUM_VALUE_END)
    if (aggregated.kind === 'many') {
      const values = this.#define(`arrayFilter(n -> abs(n) < ${end}, ${aggregated.values})`)
      return {
        count: `length(${values})`,
        sum: `arrayMap(n -> ${scaledSql('n')}, ${values})`,
        array: 'Array',
      }
    }
    const { is, value } = aggregated.typed.num
    // what is too large is not added, but ClickHouse computes it all the same, and fails on what is no whole number
    const own = this.#define(`if(abs(${value}) < ${end}, ${value}, 0.)`)
    const sum = this.#define(scaledSql(own, (step) => this.#define(step)))
    return { count: `(${is} and abs(${value}) < ${end})`, sum, array: '' }
  }

  /** Gives an expression over a row of `event` a name. */
  #define(expression: string): string {
    if (/^\w+$/.test(expression)) return expression
    const known = this.#definitions.get(expression)
    if (known !== undefined) return known
    const name = `d${this.#definitions.size}`
    this.#definitions.set(expression, name)
    return name
  }

  #aggregateSql(leaf: AggregateLeaf): string {
    const { params } = this
    const matches = this.#matches(leaf)
    const define = (expression: string) => this.#define(expression)
    const aggregated = aggregatedSql(leaf.fn, leaf.property, leaf.type, this.#context, define)
    const op = compared(leaf.op as CountOp)
    switch (leaf.fn) {
      case 'sum':
      case 'avg': {
        const own = this.#summed(aggregated)
        const isSummed = this.#define(`${matches} and ${own.count} > 0`)
        const count = this.#event((name) => ({
          own: `sumIf(${own.count}, ${isSummed})`,
          none: 'toUInt64(0)',
          fold: `sum(${name})`,
        }))
        const sum = this.#event((name) => ({
          own: `sum${own.array}If(${own.sum}, ${isSummed})`,
          none: 'toInt128(0)',
          fold: `sum(${name})`,
        }))
        const wanted = params.wide(scaled(leaf.value as number) as bigint)
        return `${count} > 0 and ${sum} ${op} ${leaf.fn === 'avg' ? `${wanted} * ${count}` : wanted}`
      }
      case 'min':
      case 'max': {
        const { num } = one(aggregated)
        const has = this.#define(`${matches} and ${num.is}`)
        const count = this.#count(has)
        const extreme = this.#event((name) => ({
          own: `${leaf.fn}If(${num.value}, ${has})`,
          none: 'toFloat64(0)',
          fold: `${leaf.fn}If(${name}, ${this.#ownOf(count)} > 0)`,
        }))
        return `${count} > 0 and ${extreme} ${op} ${params.float(leaf.value as number)}`
      }
      case 'distinct': {
        const count = this.#event((name) => ({
          own: this.#differentSql(aggregated, matches),
          none: "CAST([], 'Array(UInt128)')",
          fold: `arrayUniq(groupArrayArray(${name}))`,
        }))
        return `${count} > 0 and ${count} ${op} ${params.float(leaf.value as number)}`
      }
      case 'first':
      case 'last':
        return this.#edgeSql(leaf, one(aggregated), matches)
    }
  }

  /** Hashes of the values, by type. */
  #differentSql(aggregated: AggregatedSql, matches: string): string {
    if (aggregated.kind === 'many')
      return `groupArrayArrayIf(arrayMap(e -> ${hashSql(typedJsonSql('e'))}, ${aggregated.values}), ${matches})`
    return `groupArrayIf(${hashSql(aggregated.typed)}, ${this.#define(`${matches} and ${isScalarSql(aggregated.typed)}`)})`
  }

  /** About the first or the last value: whether it passes is known event by event, so the value itself need not be carried along. */
  #edgeSql(leaf: AggregateLeaf, typed: TypedSql, matches: string): string {
    const which = leaf.fn === 'first' ? 'min' : 'max'
    const asked = leaf as unknown as TraitLeaf
    const test = positiveOf(asked)
    const isScalar = this.#define(`${matches} and ${isScalarSql(typed)}`)
    const passes = test.op === 'exists' ? '1' : scalarHoldsSql(test, typed, this.#context)
    const place = this.#define(placedSql('event', [passes]))
    const edge = this.#event((name) => ({
      own: `${which}If(${place}, ${isScalar})`,
      none: 'toUInt128(0)',
      fold: `${which}If(${name}, ${name} > 0)`,
    }))
    return `${edge} > 0 and ${bitSql(edge, 0)} = ${isNegated(asked) ? 0 : 1}`
  }

  #count(matches: string): string {
    return this.#event((name) => ({ own: `countIf(${matches})`, none: 'toUInt64(0)', fold: `sum(${name})` }))
  }

  /** @returns the name of the folded column */
  #event(column: (name: string) => Omit<Column, 'name'>): string {
    return this.#add(this.#events, column)
  }

  #traitSql(leaf: TraitLeaf | EachLeaf): string {
    const root = rootOf(leaf.kind === 'each' ? leaf.each : leaf.trait)
    const open = this.#traits.findLast((each) => each.root === root && each.passes.length < BITS)
    const tests = open ?? { root, passes: [], name: `t${this.#traits.length}` }
    if (open === undefined) this.#traits.push(tests)
    const bit = tests.passes.push(traitPassesSql(leaf, this.#context)) - 1
    return `${bitSql(folded(tests.name), bit)} = ${leaf.kind === 'trait' && isNegated(leaf) ? 0 : 1}`
  }

  /** One column for each trait: the row of a profile that stands, with what its value passes. */
  #traitColumns(): Column[] {
    return this.#traits.map(({ root, passes, name }) => ({
      name,
      own: `maxIf(${traitPlacedSql(passes)}, trait.name = ${this.params.text(root)} and trait.time <= ${this.params.time(this.#question.now)})`,
      none: 'toUInt128(0)',
      fold: `max(${name})`,
    }))
  }

  /** @param condition about a row of `identifier` */
  #flag(condition: string): string {
    this.#namespaces.add(condition)
    return this.#add(this.#identifiers, (name) => ({
      own: `max(toUInt8(${condition} and ${this.#stillHasSql()}))`,
      none: 'toUInt8(0)',
      fold: `max(${name})`,
    }))
  }

  /** What was taken away is as good as never given, and few identifiers ever are. */
  #stillHasSql(): string {
    const { workspace, position } = this.#question
    return `identifier.namespace != '${TAKEN_AWAY}' and (identifier.fragment, identifier.identifier) not in (
    select taken.fragment, taken.identifier from identifier as taken
    where taken.workspace = ${this.params.uint(workspace)} and taken.namespace = '${TAKEN_AWAY}' and taken.position <= ${this.params.uint(position)})`
  }

  #namesPersonSql(): string {
    const { namespaces, otherwise } = this.#question.rules
    const isOtherwise = !isWeak(otherwise)
    const exceptions = Object.keys(namespaces).filter(
      (name) => !isWeak(namespaces[name] ?? otherwise) !== isOtherwise,
    )
    return `${isOtherwise ? 'not ' : ''}has(${this.params.texts(exceptions)}, identifier.namespace)`
  }

  /** The same expression makes one column. */
  #add(columns: Column[], make: (name: string) => Omit<Column, 'name'>): string {
    const name = `c${this.#columns}`
    const column = { name, ...make(name) }
    const known = columns.find(({ own, none }) => own === column.own && none === column.none)
    if (known !== undefined) return folded(known.name)
    this.#columns++
    columns.push(column)
    return folded(name)
  }

  #ownOf(foldedName: string): string {
    return foldedName.slice(0, -FOLDED.length)
  }

  /** The columns of the leaves, over the rows of one profile. */
  leavesSql(): string {
    const columns = [...this.#events, ...this.#traitColumns(), ...this.#identifiers]
    const folds = columns.map(({ name, fold }) => `${fold} as ${folded(name)}`)
    const leaves = [...this.#leaves.values()].map(({ name, holds }) => `toUInt8(${holds}) as ${name}`)
    return ['count() as rows', ...folds, ...leaves].join(', ')
  }

  /** One row for each fragment and table. */
  rowsSql(needsEverybody: boolean): string {
    const { params } = this
    const { workspace, position } = this.#question
    const tables: string[] = []
    if (this.#events.length > 0)
      tables.push(`with ${[...this.#definitions].map(([expression, name]) => `${expression} as ${name}`).join(', ')}
  select event.fragment as fragment, ${this.#columnsSql(this.#events)} from event
  prewhere ${eventsSql(this.#patterns, this.#question, params)}
  where ${[...this.#matching].join(' or ')}
  group by fragment`)
    if (this.#traits.length > 0)
      tables.push(`select trait.fragment as fragment, ${this.#columnsSql(this.#traitColumns())} from trait
  where trait.workspace = ${params.uint(workspace)} and trait.name in (${params.texts([...new Set(this.#traits.map(({ root }) => root))].sort())})
    and trait.fragment != 0 and trait.position <= ${params.uint(position)}
  group by fragment`)
    const asked =
      needsEverybody || tables.length + this.#namespaces.size === 0
        ? ''
        : ` and (${[...this.#namespaces].join(' or ')})`
    if (this.#identifiers.length > 0 || needsEverybody || tables.length === 0)
      tables.push(`select identifier.fragment as fragment, ${this.#columnsSql(this.#identifiers)} from identifier
  where identifier.workspace = ${params.uint(workspace)} and identifier.fragment != 0 and identifier.position <= ${params.uint(position)}${asked}
  group by fragment`)
    return tables.join('\nunion all\n')
  }

  #columnsSql(own: readonly Column[]): string {
    const columns = [...this.#events, ...this.#traitColumns(), ...this.#identifiers]
    const names = new Set(own.map(({ name }) => name))
    const parts = columns.map(
      (column) => `${names.has(column.name) ? column.own : column.none} as ${column.name}`,
    )
    return ['1 as row', ...parts].join(', ')
  }
}

const FOLDED = '_all'

function folded(name: string): string {
  return `${name}${FOLDED}`
}

function joined(fn: 'least' | 'greatest', parts: readonly string[], none: string): string {
  if (parts.length < 2) return parts[0] ?? none
  return `${fn}(${parts.join(', ')})`
}

function compared(op: CountOp): string {
  return { gte: '>=', gt: '>', lte: '<=', lt: '<', equals: '=' }[op]
}

/** The value that an aggregate takes of an event; only sums and numbers of different values take several. */
function one(aggregated: AggregatedSql): TypedSql {
  if (aggregated.kind === 'one') return aggregated.typed
  throw new Error('This aggregate takes one value of an event.')
}

function isScalarSql({ num, text, flag }: TypedSql): string {
  return `(${num.is} or ${text.is} or ${flag.is})`
}

/** Equal for equal values of one type; -0 is 0. */
function hashSql({ num, text, flag }: TypedSql): string {
  const value = `multiIf(${num.is}, concat('n', reinterpretAsString(${num.value} + 0.)), ${text.is}, concat('t', ${text.value}), concat('f', toString(${flag.value})))`
  return `reinterpretAsUInt128(sipHash128(${value}))`
}
