import type { AggregateLeaf, Condition, EventPattern } from '@affluent/protocol/condition'
import { isWeak } from '../../identity/namespaces.ts'
import type { AggregateFacts } from '../aggregates/aggregate-function.ts'
import { aggregates } from '../aggregates/aggregates.ts'
import { canonicalText } from '../canonical-text.ts'
import type { LeafEvents, LeafFacts } from '../leaves/leaf-kind.ts'
import { leafKindOf } from '../leaves/leaf-kinds.ts'
import { eventsSql, patternSql, windowSql } from './pattern-sql.ts'
import { BITS, bitSql, traitPlacedSql } from './placed-sql.ts'
import { aggregatedSql } from './property-sql.ts'
import { SqlParams } from './sql-params.ts'
import type { SqlQuestion } from './sql-query.ts'
import { TAKEN_AWAY } from './taken-away.ts'
import { scalarHoldsSql, type TestContext } from './value-test-sql.ts'

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

/**
 * What a condition must know of each profile: columns by the table that they come from, computed for each fragment and
 * folded.
 */
export class ConditionFacts implements LeafFacts {
  readonly params = new SqlParams()
  readonly #question: SqlQuestion
  readonly tests: TestContext
  readonly owner = 'owner'
  readonly #events: Column[] = []
  readonly #patterns: EventPattern[] = []
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
    this.tests = { now: question.now, zone: question.zone, params: this.params }
  }

  /**
   * A condition as SQL over the columns of its leaves, 0 or 1; equal leaves share theirs. Least and greatest stand for
   * "and" and "or": what ClickHouse does to simplify a long "or" of "and"s takes it minutes.
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
        const leaf = { name: `l${this.#leaves.size}`, holds: leafKindOf(condition).sql(condition, this) }
        this.#leaves.set(key, leaf)
        return leaf.name
      }
    }
  }

  countOf(events: LeafEvents): string {
    return this.#count(this.#matches(events))
  }

  aggregateOf(events: LeafEvents, { fn, property }: Pick<AggregateLeaf, 'fn' | 'property'>): AggregateFacts {
    const matches = this.#matches(events)
    const define = (expression: string) => this.#define(expression)
    return {
      params: this.params,
      matches,
      brings: aggregatedSql(aggregates[fn], property, events.type, this.tests, define),
      define,
      column: (make) => this.#event(make),
      count: (which) => this.#count(which),
      ownOf: (column) => column.slice(0, -FOLDED.length),
      passesSql: (test, typed) => scalarHoldsSql(test, typed, this.tests),
    }
  }

  traitPasses(name: string, passes: string): string {
    const open = this.#traits.findLast((each) => each.root === name && each.passes.length < BITS)
    const tests = open ?? { root: name, passes: [], name: `t${this.#traits.length}` }
    if (open === undefined) this.#traits.push(tests)
    const bit = tests.passes.push(passes) - 1
    return bitSql(folded(tests.name), bit)
  }

  hasIdentifier(namespace: string): string {
    return this.#flag(`identifier.namespace = ${this.params.text(namespace)}`)
  }

  isKnown(): string {
    return this.#flag(this.#namesPersonSql())
  }

  #matches(leaf: LeafEvents): string {
    this.#patterns.push(leaf)
    const pattern = this.#define(patternSql(leaf, this.tests))
    const matches = this.#define(`${pattern}${windowSql(leaf.within, this.#question, this.params)}`)
    this.#matching.add(matches)
    return matches
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

  #count(matches: string): string {
    return this.#event((name) => ({ own: `countIf(${matches})`, none: 'toUInt64(0)', fold: `sum(${name})` }))
  }

  /** @returns the name of the folded column */
  #event(column: (name: string) => Omit<Column, 'name'>): string {
    return this.#add(this.#events, column)
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
