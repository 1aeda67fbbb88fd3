import { isPath } from '@affluent/core/condition/value-path'
import type { ValueKind } from '@affluent/protocol/catalogue-api'
import { type Scalar, VALUE_OPS, type ValueOp } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { readSpan } from './span.ts'
import { isUnread, type Unread } from './typed-number.ts'

/** One value as a member edits it; null: still missing. */
export type ValueDraft = Scalar | Unread | null

/** A question to one value, as a member edits it. */
export interface ValueTestModel {
  readonly op: ValueOp
  /** none, one, two (`between`) or any number (`in`, `not_in`); a stretch of time is a text such as "30d" */
  readonly values: readonly ValueDraft[]
  readonly ignoresCase: boolean
}

/** A question to one property of an event. */
export interface PropertyTestModel {
  /** stays while the test is edited */
  readonly id: number
  readonly property: string
  readonly test: ValueTestModel
}

/** What an op takes. */
export type Takes = 'nothing' | 'one' | 'many' | 'two' | 'date' | 'span'

const TAKES: Readonly<Record<ValueOp, Takes>> = {
  equals: 'one',
  not_equals: 'one',
  in: 'many',
  not_in: 'many',
  contains: 'one',
  not_contains: 'one',
  starts_with: 'one',
  ends_with: 'one',
  exists: 'nothing',
  not_exists: 'nothing',
  gt: 'one',
  gte: 'one',
  lt: 'one',
  lte: 'one',
  between: 'two',
  before: 'date',
  after: 'date',
  within_last: 'span',
  within_next: 'span',
  anniversary_within_next: 'span',
}

const MOVING: readonly ValueOp[] = ['within_last', 'within_next', 'anniversary_within_next']
const NUMERIC: readonly ValueOp[] = ['gt', 'gte', 'lt', 'lte']
const TEXTUAL: readonly ValueOp[] = ['starts_with', 'ends_with']
const CASED: readonly ValueOp[] = [
  ...['equals', 'not_equals', 'in', 'not_in', 'contains', 'not_contains'],
  ...TEXTUAL,
] as ValueOp[]

/** Ops by what the values are; every list ends with the two about presence. */
const OPS_OF_KIND: Readonly<Record<ValueKind, readonly ValueOp[]>> = {
  text: [
    ...(['equals', 'not_equals', 'in', 'not_in', 'contains', 'not_contains'] as const),
    ...(['starts_with', 'ends_with', 'before', 'after', 'between'] as const),
    ...(['within_last', 'within_next', 'anniversary_within_next'] as const),
  ],
  number: ['gte', 'gt', 'lte', 'lt', 'between', 'equals', 'not_equals', 'in', 'not_in'],
  boolean: ['equals', 'not_equals'],
  list: ['contains', 'not_contains'],
  object: [],
}

/** What an op takes. */
export function takesOf(op: ValueOp): Takes {
  return TAKES[op]
}

/**
 * The ops that fit.
 * @param kinds what the values are; empty: not known, so every op is offered
 * @param timeMoves whether ops about now are offered: of traits they are, of events not
 */
export function opsFor(kinds: readonly ValueKind[], timeMoves: boolean): ValueOp[] {
  const fit = kinds.length === 0 ? VALUE_OPS : kinds.flatMap((kind) => OPS_OF_KIND[kind])
  const all = new Set<ValueOp>([...fit, 'exists', 'not_exists'])
  return [...all].filter((op) => timeMoves || !MOVING.includes(op))
}

/** Whether upper case and accents can be ignored. */
export function mayIgnoreCase({ op, values }: ValueTestModel): boolean {
  return CASED.includes(op) && values.some((value) => typeof value === 'string')
}

/** A test whose value is still to be given. */
export function emptyTest(op: ValueOp): ValueTestModel {
  return { op, values: emptyValues(op), ignoresCase: false }
}

/** The same test under another op; values stay as far as the new op takes them. */
export function withOp(test: ValueTestModel, op: ValueOp): ValueTestModel {
  const before = TAKES[test.op]
  const [first = null] = test.values
  const ignoresCase = test.ignoresCase && CASED.includes(op)
  const values = ((): readonly ValueDraft[] => {
    const takes = TAKES[op]
    if (takes === before && takes !== 'one') return test.values
    if (takes === 'one' && (before === 'one' || before === 'many')) return [fitted(op, first)]
    if (takes === 'many' && before === 'one') return first === null ? [] : [first]
    if (takes === 'two' && (before === 'one' || before === 'date')) return [rangeable(first), null]
    if (takes === 'date' && before === 'two') return [typeof first === 'string' ? first : null]
    return emptyValues(op)
  })()
  return { op, values, ignoresCase }
}

/** What a test says, as conditions write it; undefined while something is missing. */
export function writeTest(test: ValueTestModel): JsonObject | undefined {
  const { op, values, ignoresCase } = test
  const takes = TAKES[op]
  if (takes === 'nothing') return { op }
  const given = values.filter(isScalar)
  if (values.length === 0 || given.length < values.length) return undefined
  const [first = null, second = null] = given
  if (takes === 'two' && (values.length !== 2 || typeof first !== typeof second)) return undefined
  if ((TEXTUAL.includes(op) || takes === 'date') && first === '') return undefined
  if (takes === 'span' && readSpan(first) === undefined) return undefined
  const value: Json = takes === 'many' || takes === 'two' ? given : first
  return { op, value, ...(ignoresCase && CASED.includes(op) ? { ignoreCase: true } : {}) }
}

/** Reads `op`, `value` and `ignoreCase`; undefined when they have a form that is not known here. */
export function readTest(object: JsonObject): ValueTestModel | undefined {
  const op = object['op'] as ValueOp
  const { value, ignoreCase } = object
  if (!VALUE_OPS.includes(op)) return undefined
  const values = valuesOf(op, value)
  if (values === undefined) return undefined
  return { op, values, ignoresCase: ignoreCase === true }
}

/** What a property test says; undefined while something is missing. */
export function writeProperty({ property, test }: PropertyTestModel): JsonObject | undefined {
  const written = writeTest(test)
  return isName(property) && written !== undefined ? { property, ...written } : undefined
}

/** Reads a property test. */
export function readProperty(json: Json, id: number): PropertyTestModel | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return undefined
  const { property } = json
  const test = readTest(json)
  if (typeof property !== 'string' || test === undefined || hasOthers(json)) return undefined
  return { id, property, test }
}

/** Whether a text can name a trait or a property. */
export function isName(text: string): boolean {
  return text !== '' && isPath(text)
}

function hasOthers(object: JsonObject): boolean {
  return Object.keys(object).some((key) => !['property', 'op', 'value', 'ignoreCase'].includes(key))
}

function valuesOf(op: ValueOp, value: Json | undefined): Scalar[] | undefined {
  switch (TAKES[op]) {
    case 'nothing':
      return value === undefined ? [] : undefined
    case 'many':
      return Array.isArray(value) && value.length > 0 && value.every(isScalar) ? value : undefined
    case 'two':
      return Array.isArray(value) && value.length === 2 && value.every(isScalar) ? value : undefined
    case 'span':
      return readSpan(value) === undefined ? undefined : [value as string]
    default:
      return isScalar(value) ? [value] : undefined
  }
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function emptyValues(op: ValueOp): readonly ValueDraft[] {
  switch (TAKES[op]) {
    case 'nothing':
    case 'many':
      return []
    case 'two':
      return [null, null]
    case 'span':
      return ['30d']
    default:
      return [null]
  }
}

/** A value as far as an op takes it. */
function fitted(op: ValueOp, value: ValueDraft): ValueDraft {
  if (NUMERIC.includes(op)) return typeof value === 'number' || isUnread(value) ? value : null
  if (!TEXTUAL.includes(op)) return value
  if (isUnread(value)) return value.typed
  return typeof value === 'string' ? value : null
}

function rangeable(value: ValueDraft): ValueDraft {
  return typeof value === 'boolean' ? null : value
}
