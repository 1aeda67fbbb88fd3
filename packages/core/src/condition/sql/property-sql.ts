import type { AskedType, EachTest, PropertyTest, ValueTest } from '@affluent/protocol/condition'
import { isTyped } from '../../event/asked-properties.ts'
import type { AggregateFunction } from '../aggregates/aggregate-function.ts'
import type { AggregatedSql } from '../aggregates/aggregated-sql.ts'
import { isNegated, positiveOf } from '../operators/operators.ts'
import { isContextPath } from '../parse-path.ts'
import { type Step, stepsOf } from '../value-path.ts'
import { compileTest } from '../value-test.ts'
import { eachHoldsSql } from './each-sql.ts'
import { goesIntoLists, jsonAtSql, jsonPathHoldsSql, jsonValuesSql } from './json-path-sql.ts'
import { type PathKeys, pathKeys } from './path-keys.ts'
import { hasFlagSql } from './row-flags.ts'
import { type TypedSql, typedJsonSql } from './typed-sql.ts'
import {
  asksElements,
  asksPresence,
  hasElementSql,
  scalarHoldsSql,
  type TestContext,
} from './value-test-sql.ts'

const MAPS = ['num', 'text', 'flag', 'list'] as const
/** The event as it was sent: what is not kept by path is read there. */
const RAW = 'raw'

/**
 * Whether an event passes a test of its `where`: what `compileWhere` says of it.
 * @param type of the event
 * @returns SQL of a UInt8 over the columns num, text, flag, list and raw of `event`, never null
 */
export function whereHoldsSql(test: PropertyTest | EachTest, type: AskedType, context: TestContext): string {
  if ('each' in test) return eachOfEventSql(test, type, context)
  const holds = propertyHoldsSql(positiveOf(test), type, context)
  return isNegated(test) ? `not ${holds}` : holds
}

function eachOfEventSql(test: EachTest, type: AskedType, context: TestContext): string {
  const ofRaw = rawContext(context)
  const [root, steps] = placeInRaw(test.each, type, ofRaw)
  const elements = jsonValuesSql(`[${root}]`, steps, ofRaw)
  const holds = eachHoldsSql(test, elements, ofRaw)
  if (!isByPath(test.each, type)) return holds
  // only where each test holds for some element, one may pass all of them: the others need not be parsed
  const some = test.where
    .filter((one) => !isNegated(one))
    .map((one) => {
      return propertyHoldsSql({ ...one, property: `${test.each}.${one.property}` }, type, context)
    })
  return some.length === 0 ? holds : `((not ${hasFlagSql('whole')} or ${some.join(' and ')}) and ${holds})`
}

/** About JSON in `raw`. */
function rawContext(context: TestContext): TestContext {
  return { ...context, plain: hasFlagSql('plain') }
}

function propertyHoldsSql(test: PropertyTest, type: AskedType, context: TestContext): string {
  if (!isByPath(test.property, type)) {
    const ofRaw = rawContext(context)
    return jsonPathHoldsSql(test, ...placeInRaw(test.property, type, ofRaw), ofRaw)
  }
  const keys = pathKeys(test.property)
  return asksPresence(test) ? existsSql(keys, context) : someHoldsSql(test, keys, context)
}

/** Whether ClickHouse keeps values at a path by the path. */
function isByPath(path: string, type: AskedType): boolean {
  return isTyped(type) && !isContextPath(path)
}

/** Where a path begins in the event as it was sent, and the way from there. */
function placeInRaw(
  path: string,
  type: AskedType,
  context: TestContext,
): [root: string, steps: readonly Step[]] {
  const steps = stepsOf(path)
  if (isContextPath(path)) return [RAW, steps]
  if (isTyped(type)) return [RAW, [stepTo('properties'), ...steps]]
  // as `eventTraits` finds them
  const traits = jsonAtSql(RAW, [stepTo('traits')], context)
  const isSaid = `startsWith(${traits}, '{') and ${traits} != '{}'`
  return [
    `if(${isSaid}, ${traits}, ${jsonAtSql(RAW, [stepTo('context'), stepTo('traits')], context)})`,
    steps,
  ]
}

function stepTo(key: string): Step {
  return { key, each: 0 }
}

/**
 * What an event brings to an aggregate.
 * @param define gives SQL a name that stands for it
 */
export function aggregatedSql(
  aggregate: AggregateFunction,
  path: string,
  type: AskedType,
  context: TestContext,
  define: (expression: string) => string,
): AggregatedSql {
  const steps = stepsOf(path)
  if (!goesIntoLists(steps)) return { kind: 'one', typed: scalarAt(path, type, context, define) }
  return aggregate.elementsSql(define(scalarsSql(path, type, context)), define)
}

/** The scalars among the values of any element, as JSON, in the order of the event. */
function scalarsSql(path: string, type: AskedType, context: TestContext): string {
  if (isByPath(path, type)) return `list[${context.params.text(pathKeys(path).elements ?? '')}]`
  const ofRaw = rawContext(context)
  const [root, steps] = placeInRaw(path, type, ofRaw)
  const values = jsonValuesSql(`[${root}]`, steps, ofRaw)
  return `arrayFilter(e -> e != 'null' and substring(e, 1, 1) not in ('[', '{'), ${values})`
}

/** The scalar at a path that goes into no lists. */
function scalarAt(
  path: string,
  type: AskedType,
  context: TestContext,
  define: (expression: string) => string,
): TypedSql {
  if (isByPath(path, type)) return typedAt(path, context)
  const ofRaw = rawContext(context)
  return typedJsonSql(define(jsonAtSql(...placeInRaw(path, type, ofRaw), ofRaw)))
}

function typedAt(path: string, { params }: TestContext): TypedSql {
  const key = params.text(pathKeys(path).scalar ?? '')
  const at = (map: string) => ({ is: `mapContains(${map}, ${key})`, value: `${map}[${key}]` })
  return { num: at('num'), text: at('text'), flag: at('flag') }
}

function someHoldsSql(test: PropertyTest, keys: PathKeys, context: TestContext): string {
  const { params } = context
  const parts: string[] = []
  if (keys.scalar !== undefined) {
    const typed = typedAt(test.property, context)
    parts.push(scalarHoldsSql(test, withoutNeedless(test, typed, context.zone), context))
  }
  if (keys.elements !== undefined)
    parts.push(
      `arrayExists(e -> ${scalarHoldsSql(test, typedJsonSql('e'), context)}, list[${params.text(keys.elements)}])`,
    )
  if (asksElements(test)) parts.push(listHasSql(test, `list[${params.text(keys.inArrays)}]`, context))
  return `(${parts.join(' or ')})`
}

/** Whether one of the elements of a list equals what `contains` asks for. */
function listHasSql(test: ValueTest, list: string, { params }: TestContext): string {
  // the loader writes an element as JSON.stringify does
  if (test.ignoreCase !== true) return `has(${list}, ${params.text(JSON.stringify(test.value))})`
  return hasElementSql(test, list, params)
}

/** What is absent reads as 0, '' and false: where these do not pass, nobody need ask whether the value is there. */
function withoutNeedless(test: ValueTest, typed: TypedSql, zone: string): TypedSql {
  // texts that read as numbers stand beside numbers: which of both is there decides
  if (test.as === 'number') return typed
  const asked = compileTest(test, zone)
  const trim = (type: TypedSql['num'], absent: string | number | boolean) => {
    return asked.holds([absent], 0) ? type : { ...type, is: '1' }
  }
  return { num: trim(typed.num, 0), text: trim(typed.text, ''), flag: trim(typed.flag, false) }
}

function existsSql({ scalar, elements, lists, inside }: PathKeys, { params }: TestContext): string {
  const parts: string[] = []
  if (scalar !== undefined)
    for (const map of ['num', 'text', 'flag']) parts.push(`mapContains(${map}, ${params.text(scalar)})`)
  for (const key of lists) parts.push(`mapContains(list, ${params.text(key)})`)
  if (elements !== undefined) parts.push(`notEmpty(list[${params.text(elements)}])`)
  // inside an array there are lists only
  const maps = scalar === undefined ? (['list'] as const) : MAPS
  const begins = inside.map((prefix) => `startsWith(key, ${params.text(prefix)})`).join(' or ')
  for (const map of maps) parts.push(`arrayExists(key -> ${begins}, mapKeys(${map}))`)
  return `(${parts.join(' or ')})`
}
