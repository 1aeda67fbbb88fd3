import { operators } from '@affluent/core/condition/operators/operators'
import { isScalar, readFormed, type ValueForm } from '@affluent/core/condition/operators/value-form'
import { isPath } from '@affluent/core/condition/value-path'
import { readSpanText } from '@affluent/core/condition/window-text'
import { type Scalar, VALUE_OPS, type ValueOp } from '@affluent/protocol/condition'
import type { ValueKind } from '@affluent/protocol/endpoints/catalogue'
import type { Json, JsonObject } from '@affluent/protocol/event'
import type { ScalarKind } from './chips.ts'
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

/** What an operator takes. */
export function formOf(op: ValueOp): ValueForm {
  return operators[op].takes
}

/** The only kind of scalar that an operator takes; undefined: any. */
export function scalarOf(op: ValueOp): ScalarKind | undefined {
  return operators[op].scalar
}

/**
 * The operators that fit, those about presence last.
 * @param kinds what the values are; empty: not known, so every op is offered
 * @param timeMoves whether ops about now are offered: of traits they are, of events not
 */
export function opsFor(kinds: readonly ValueKind[], timeMoves: boolean): ValueOp[] {
  const fit = kinds.length === 0 ? VALUE_OPS : kinds.flatMap(opsOfKind)
  const presence = OPS.filter((op) => formOf(op) === 'none')
  const all = new Set<ValueOp>([...fit, ...presence])
  return [...all].filter((op) => timeMoves || operators[op].kind !== 'moving')
}

const OPS = Object.keys(operators) as ValueOp[]

function opsOfKind(kind: ValueKind): ValueOp[] {
  const offered = (rank: 'first' | 'later') => OPS.filter((op) => operators[op].fits[kind] === rank)
  return [...offered('first'), ...offered('later')]
}

/** Whether upper case and accents can be ignored. */
export function mayIgnoreCase({ op, values }: ValueTestModel): boolean {
  return operators[op].ignoresCase && values.some((value) => typeof value === 'string')
}

/** A test whose value is still to be given. */
export function emptyTest(op: ValueOp): ValueTestModel {
  return { op, values: FORMS[formOf(op)].empty, ignoresCase: false }
}

/** The same test under another op; values stay as far as the new op takes them. */
export function withOp(test: ValueTestModel, op: ValueOp): ValueTestModel {
  const before = formOf(test.op)
  const form = formOf(op)
  const [first = null] = test.values
  const ignoresCase = test.ignoresCase && operators[op].ignoresCase
  const { empty, from } = FORMS[form]
  const isKept = form === before && form !== 'one'
  return { op, values: isKept ? test.values : (from[before]?.(first, op) ?? empty), ignoresCase }
}

/** What a test says, as conditions write it; undefined while something is missing. */
export function writeTest(test: ValueTestModel): JsonObject | undefined {
  const { op, values, ignoresCase } = test
  if (formOf(op) === 'none') return { op }
  const given = values.filter(isScalar)
  if (given.length < values.length) return undefined
  if (scalarOf(op) === 'text' && given[0] === '') return undefined
  const value = FORMS[formOf(op)].write(given)
  if (value === undefined) return undefined
  return { op, value, ...(ignoresCase && operators[op].ignoresCase ? { ignoreCase: true } : {}) }
}

/** Reads `op`, `value` and `ignoreCase`; undefined when they have a form that is not known here. */
export function readTest(object: JsonObject): ValueTestModel | undefined {
  const op = object['op'] as ValueOp
  const { value, ignoreCase } = object
  if (!VALUE_OPS.includes(op)) return undefined
  const values = readFormed(formOf(op), value)
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

/** What the builder does with a form of value. */
interface FormRules {
  /** before anything is given */
  readonly empty: readonly ValueDraft[]
  /** what becomes of the first value given under another form; absent: nothing */
  readonly from: Readonly<
    Partial<Record<ValueForm, (first: ValueDraft, op: ValueOp) => readonly ValueDraft[]>>
  >
  /** the value as conditions write it; undefined while something is missing */
  readonly write: (given: readonly Scalar[]) => Json | undefined
}

/** Every form; one that is missing does not compile. */
const FORMS: Readonly<Record<ValueForm, FormRules>> = {
  none: { empty: [], from: {}, write: () => undefined },
  one: {
    empty: [null],
    from: { one: (first, op) => [fitted(op, first)], list: (first, op) => [fitted(op, first)] },
    write: ([first]) => first,
  },
  list: {
    empty: [],
    from: { one: (first) => (first === null ? [] : [first]) },
    write: (given) => (given.length === 0 ? undefined : [...given]),
  },
  range: {
    empty: [null, null],
    from: { one: (first) => [rangeable(first), null], date: (first) => [rangeable(first), null] },
    write: (given) => {
      const [low, high] = given
      return given.length === 2 && typeof low === typeof high ? [...given] : undefined
    },
  },
  date: {
    empty: [null],
    from: { range: (first) => [typeof first === 'string' ? first : null] },
    write: ([first]) => (first === '' ? undefined : first),
  },
  span: {
    empty: ['30d'],
    from: {},
    write: ([first]) => (readSpanText(first) === undefined ? undefined : first),
  },
}

/** A value as far as an op takes it. */
function fitted(op: ValueOp, value: ValueDraft): ValueDraft {
  const scalar = scalarOf(op)
  if (scalar === undefined) return value
  if (scalar === 'number') return typeof value === 'number' || isUnread(value) ? value : null
  if (isUnread(value)) return value.typed
  return typeof value === 'string' ? value : null
}

function rangeable(value: ValueDraft): ValueDraft {
  return typeof value === 'boolean' ? null : value
}
