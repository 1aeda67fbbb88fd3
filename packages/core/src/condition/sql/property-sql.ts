import type { PropertyTest, Scalar, ValueTest } from '@affluent/protocol/condition'
import { compileTest } from '../value-test.ts'
import { type PathKeys, pathKeys } from './path-keys.ts'
import type { SqlParams } from './sql-params.ts'
import { equalsSql, scalarHoldsSql, type TestContext, type TypedSql, typedJsonSql } from './value-test-sql.ts'

const MAPS = ['num', 'text', 'flag', 'list'] as const

/**
 * Whether an event passes a test of a property: what `compileTest` says of the values at its path.
 * @returns SQL of a UInt8 over the columns num, text, flag and list of `event`, never null
 */
export function propertyHoldsSql(test: PropertyTest, context: TestContext): string {
  switch (test.op) {
    case 'not_equals':
      return `not ${propertyHoldsSql({ ...test, op: 'equals' }, context)}`
    case 'not_in':
      return `not ${propertyHoldsSql({ ...test, op: 'in' }, context)}`
    case 'not_contains':
      return `not ${propertyHoldsSql({ ...test, op: 'contains' }, context)}`
    case 'not_exists':
      return `not ${existsSql(pathKeys(test.property), context)}`
    case 'exists':
      return existsSql(pathKeys(test.property), context)
    default:
      return someHoldsSql(test, pathKeys(test.property), context)
  }
}

/** The scalar at a path without `[]`. */
export function scalarAt(path: string, { params }: TestContext): TypedSql {
  const key = params.text(pathKeys(path).scalar ?? '')
  const at = (map: string) => ({ is: `mapContains(${map}, ${key})`, value: `${map}[${key}]` })
  return { num: at('num'), text: at('text'), flag: at('flag') }
}

function someHoldsSql(test: PropertyTest, keys: PathKeys, context: TestContext): string {
  const { params } = context
  const parts: string[] = []
  if (keys.scalar !== undefined) {
    const typed = scalarAt(test.property, context)
    parts.push(scalarHoldsSql(test, withoutNeedless(test, typed, context.zone), context))
  }
  if (keys.elements !== undefined)
    parts.push(
      `arrayExists(e -> ${scalarHoldsSql(test, typedJsonSql('e'), context)}, list[${params.text(keys.elements)}])`,
    )
  if (test.op === 'contains') parts.push(listHasSql(test, `list[${params.text(keys.inArrays)}]`, context))
  return `(${parts.join(' or ')})`
}

/** Whether one of the elements of a list equals what `contains` asks for. */
function listHasSql(test: ValueTest, list: string, { params }: TestContext): string {
  // the loader writes an element as JSON.stringify does
  if (test.ignoreCase !== true) return `has(${list}, ${params.text(JSON.stringify(test.value))})`
  return hasElementSql(test, list, params)
}

/**
 * Whether one of several elements equals what `contains` asks for.
 * @param elements SQL of an Array(String) of JSON
 */
export function hasElementSql(test: ValueTest, elements: string, params: SqlParams): string {
  return `arrayExists(e -> ${equalsSql([test.value as Scalar], test, typedJsonSql('e'), params)}, ${elements})`
}

/** What is absent reads as 0, '' and false: where these do not pass, nobody need ask whether the value is there. */
function withoutNeedless(test: ValueTest, typed: TypedSql, zone: string): TypedSql {
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
