import type { TraitLeaf, ValueOp } from '@affluent/protocol/condition'
import { stepsOf } from '../value-path.ts'
import { hasElementSql } from './property-sql.ts'
import type { SqlParams } from './sql-params.ts'
import { scalarHoldsSql, type TestContext, type TypedSql, typedJsonSql } from './value-test-sql.ts'

/** What the column `kind` of `trait` says. */
const KIND = { number: 1, text: 2, false: 3, true: 4, list: 5, object: 6 } as const

const OPPOSITES: Partial<Record<ValueOp, ValueOp>> = {
  not_equals: 'equals',
  not_in: 'in',
  not_contains: 'contains',
  not_exists: 'exists',
}

const TOKENS = '"(?:[^"\\\\\\\\]|\\\\\\\\.)*"|[0-9.eE+-]+|[^"0-9-]+'

/**
 * JSON as ClickHouse's parser takes it. It refuses all of a text in which a whole number from 2^64 on stands, as it writes them itself; with an exponent behind it the number is a
 * double, which it reads to the last bit.
 */
function parsable(json: string): string {
  const withExponents = `arrayMap(token -> if(match(token, '^-?[0-9]{19,}$'), concat(token, 'e0'), token), extractAll(${json}, '${TOKENS}'))`
  return `if(match(${json}, '[0-9]{19}'), arrayStringConcat(${withExponents}), ${json})`
}

/** Whether a leaf is true where its positive test, which `traitPassesSql` writes, is false. */
export function isNegated({ op }: TraitLeaf): boolean {
  return OPPOSITES[op] !== undefined
}

/**
 * Whether the value in a row of `trait` passes a leaf's test, or for a `not_*` op, the test that it negates. A deletion never passes.
 * @returns SQL of a UInt8 over the columns kind, num, text and json, never null
 */
export function traitPassesSql(leaf: TraitLeaf, context: TestContext): string {
  const test = { ...leaf, op: OPPOSITES[leaf.op] ?? leaf.op }
  const [root, ...steps] = stepsOf(leaf.trait)
  if (steps.length === 0 && root?.each === false) return wholeSql(test, context)
  if (root?.each === false && !steps.some(({ each }) => each)) {
    const keys = steps.map(({ key }) => context.params.text(key)).join(', ')
    const value = `if(kind = ${KIND.object}, JSONExtractRaw(${parsable('json')}, ${keys}), '')`
    return `(${jsonHoldsSql(test, value, context)})`
  }
  return `arrayExists(v -> ${jsonHoldsSql(test, 'v', context)}, ${valuesSql(leaf.trait, context.params)})`
}

/** About the whole value of the trait. */
function wholeSql(test: TraitLeaf, context: TestContext): string {
  const typed: TypedSql = {
    num: { is: `kind = ${KIND.number}`, value: 'num' },
    text: { is: `kind = ${KIND.text}`, value: 'text' },
    flag: { is: `kind in (${KIND.false}, ${KIND.true})`, value: `(kind = ${KIND.true})` },
  }
  if (test.op === 'exists')
    return `(kind between ${KIND.number} and ${KIND.list} or kind = ${KIND.object} and ${hasSomethingSql('json')})`
  const scalar = scalarHoldsSql(test, typed, context)
  if (test.op !== 'contains') return scalar
  return `(${scalar} or kind = ${KIND.list} and ${hasElementSql(test, `JSONExtractArrayRaw(${parsable('json')})`, context.params)})`
}

/** About the JSON of one value inside the trait; '' when there is none. */
function jsonHoldsSql(test: TraitLeaf, json: string, context: TestContext): string {
  if (test.op === 'exists')
    return `${json} not in ('', 'null') and (not startsWith(${json}, '{') or ${hasSomethingSql(json)})`
  const scalar = scalarHoldsSql(test, typedJsonSql(json), context)
  if (test.op !== 'contains') return scalar
  const elements = `if(startsWith(${json}, '['), JSONExtractArrayRaw(${parsable(json)}), [])`
  return `(${scalar} or ${hasElementSql(test, elements, context.params)})`
}

/** Whether an object's JSON has more in it than keys, braces and null. */
function hasSomethingSql(json: string): string {
  return `not match(${json}, '^(?:[{},]|"(?:[^"\\\\\\\\]|\\\\\\\\.)*":(?:null)?)*\\\\z')`
}

/** The JSON of each value at a path into a list or an object. */
function valuesSql(path: string, params: SqlParams): string {
  let values = `if(kind in (${KIND.list}, ${KIND.object}), [json], [])`
  for (const [index, { key, each }] of stepsOf(path).entries()) {
    // the row is of the trait that the first step names
    if (index > 0)
      values = `arrayFilter(j -> j != '', arrayMap(j -> JSONExtractRaw(${parsable('j')}, ${params.text(key)}), ${values}))`
    if (each) values = `arrayFlatten(arrayMap(j -> JSONExtractArrayRaw(${parsable('j')}), ${values}))`
  }
  return values
}
