import type { EachLeaf, TraitLeaf } from '@affluent/protocol/condition'
import { positiveOf } from '../operators/operators.ts'
import { stepsOf } from '../value-path.ts'
import { eachHoldsSql } from './each-sql.ts'
import {
  goesIntoLists,
  hasSomethingSql,
  jsonElementsSql,
  jsonHoldsSql,
  jsonPathHoldsSql,
  jsonValuesSql,
  parsable,
} from './json-path-sql.ts'
import type { TypedSql } from './typed-sql.ts'
import {
  asksElements,
  asksPresence,
  hasElementSql,
  scalarHoldsSql,
  type TestContext,
} from './value-test-sql.ts'

/** What the column `kind` of `trait` says. */
const KIND = { number: 1, text: 2, false: 3, true: 4, list: 5, object: 6 } as const

/**
 * Whether the value in a row of `trait` passes a leaf's test, or for a `not_*` op, the test that it negates. A deletion
 * never passes.
 * @returns SQL of a UInt8 over the columns kind, num, text and json, never null
 */
export function traitPassesSql(leaf: TraitLeaf, context: TestContext): string {
  const test = positiveOf(leaf)
  const [root, ...steps] = stepsOf(leaf.trait)
  if (root?.each === 0 && steps.length === 0) return wholeSql(test, context)
  if (root?.each === 0 && !goesIntoLists(steps))
    return jsonPathHoldsSql(test, `if(kind = ${KIND.object}, json, '')`, steps, context)
  return `arrayExists(v -> ${jsonHoldsSql(test, 'v', context)}, ${traitValuesSql(leaf.trait, context)})`
}

/**
 * Whether one element of the value in a row of `trait` passes all tests of a leaf.
 * @returns SQL of a UInt8 over the columns kind, num, text and json, never null
 */
export function eachPassesSql(leaf: EachLeaf, context: TestContext): string {
  return eachHoldsSql(leaf, traitValuesSql(leaf.each, context), context)
}

/** About the whole value of the trait. */
function wholeSql(test: TraitLeaf, context: TestContext): string {
  const typed: TypedSql = {
    num: { is: `kind = ${KIND.number}`, value: 'num' },
    text: { is: `kind = ${KIND.text}`, value: 'text' },
    flag: { is: `kind in (${KIND.false}, ${KIND.true})`, value: `(kind = ${KIND.true})` },
  }
  if (asksPresence(test))
    return `(kind between ${KIND.number} and ${KIND.list} or kind = ${KIND.object} and ${hasSomethingSql('json')})`
  const scalar = scalarHoldsSql(test, typed, context)
  if (!asksElements(test)) return scalar
  return `(${scalar} or kind = ${KIND.list} and ${hasElementSql(test, `JSONExtractArrayRaw(${parsable('json', context)})`, context.params)})`
}

/**
 * The JSON of each value at a path into a list or an object.
 * @returns SQL of a list of texts over the columns kind and json of a row of `trait`
 */
export function traitValuesSql(path: string, context: TestContext): string {
  // the row is of the trait that the first step names
  const [root, ...steps] = stepsOf(path)
  const own = `if(kind in (${KIND.list}, ${KIND.object}), [json], [])`
  return jsonValuesSql(jsonElementsSql(own, root?.each ?? 0, context), steps, context)
}
