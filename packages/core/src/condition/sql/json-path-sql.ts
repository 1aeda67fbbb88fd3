import type { ValueTest } from '@affluent/protocol/condition'
import type { Step } from '../value-path.ts'
import { typedJsonSql } from './typed-sql.ts'
import {
  asksElements,
  asksPresence,
  hasElementSql,
  scalarHoldsSql,
  type TestContext,
} from './value-test-sql.ts'

const TOKENS = '"(?:[^"\\\\\\\\]|\\\\\\\\.)*"|[0-9.eE+-]+|[^"0-9-]+'

/**
 * JSON as ClickHouse's parser takes it. It refuses all of a text in which a whole number from 2^64 on stands, as it
 * writes them itself; with an exponent behind it the number is a double, which it reads to the last bit.
 */
export function parsable(json: string, { plain }: Pick<TestContext, 'plain'>): string {
  const withExponents = `arrayMap(token -> if(match(token, '^-?[0-9]{19,}$'), concat(token, 'e0'), token), extractAll(${json}, '${TOKENS}'))`
  const isPlain = `${plain === undefined ? '' : `${plain} or `}not match(${json}, '[0-9]{19}')`
  return `if(${isPlain}, ${json}, arrayStringConcat(${withExponents}))`
}

/**
 * Whether one of the values at a path into JSON passes a test that is not negated.
 * @param root SQL of the JSON that the path begins in; '' when there is none
 * @returns SQL of a UInt8, never null
 */
export function jsonPathHoldsSql(
  test: ValueTest,
  root: string,
  steps: readonly Step[],
  context: TestContext,
): string {
  if (!goesIntoLists(steps)) return `(${jsonHoldsSql(test, jsonAtSql(root, steps, context), context)})`
  return `arrayExists(v -> ${jsonHoldsSql(test, 'v', context)}, ${jsonValuesSql(`[${root}]`, steps, context)})`
}

/** Whether a path names values of any element. */
export function goesIntoLists(steps: readonly Step[]): boolean {
  return steps.some(({ each }) => each > 0)
}

/** The JSON at a path that goes into no lists; '' when there is none. */
export function jsonAtSql(root: string, steps: readonly Step[], context: TestContext): string {
  const keys = steps.map(({ key }) => context.params.text(key)).join(', ')
  return `JSONExtractRaw(${parsable(root, context)}, ${keys})`
}

/**
 * The JSON of each value at a path below some values.
 * @param jsons SQL of an Array(String)
 */
export function jsonValuesSql(jsons: string, steps: readonly Step[], context: TestContext): string {
  let values = jsons
  for (const { key, each } of steps) {
    const name = context.params.text(key)
    values = `arrayFilter(j -> j != '', arrayMap(j -> JSONExtractRaw(${parsable('j', context)}, ${name}), ${values}))`
    values = jsonElementsSql(values, each, context)
  }
  return values
}

/** The elements of lists, so many levels deep. */
export function jsonElementsSql(jsons: string, levels: number, context: TestContext): string {
  let values = jsons
  for (let level = 0; level < levels; level++)
    values = `arrayFlatten(arrayMap(j -> JSONExtractArrayRaw(${parsable('j', context)}), ${values}))`
  return values
}

/**
 * Whether the JSON of one value passes a test that is not negated.
 * @param json SQL of a text; '' when there is none
 */
export function jsonHoldsSql(test: ValueTest, json: string, context: TestContext): string {
  if (asksPresence(test))
    return `${json} not in ('', 'null') and (not startsWith(${json}, '{') or ${hasSomethingSql(json)})`
  const scalar = scalarHoldsSql(test, typedJsonSql(json), context)
  if (!asksElements(test)) return scalar
  const elements = `if(startsWith(${json}, '['), JSONExtractArrayRaw(${parsable(json, context)}), [])`
  return `(${scalar} or ${hasElementSql(test, elements, context.params)})`
}

/** Whether an object's JSON has more in it than keys, braces and null. */
export function hasSomethingSql(json: string): string {
  return `not match(${json}, '^(?:[{},]|"(?:[^"\\\\\\\\]|\\\\\\\\.)*":(?:null)?)*\\\\z')`
}
