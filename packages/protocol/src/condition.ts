import type { EventType } from './event.ts'

/** What one value is asked. `not_*` ops are true where there is no value; every other op is false there. */
export const VALUE_OPS = [
  'equals',
  'not_equals',
  'in',
  'not_in',
  'contains',
  'not_contains',
  'starts_with',
  'ends_with',
  'exists',
  'not_exists',
  'gt',
  'gte',
  'lt',
  'lte',
  'between',
  'before',
  'after',
  'within_last',
  'within_next',
  'anniversary_within_next',
] as const
export type ValueOp = (typeof VALUE_OPS)[number]

/** How a count or an aggregate is compared. */
export const COUNT_OPS = ['gte', 'gt', 'lte', 'lt', 'equals'] as const
export type CountOp = (typeof COUNT_OPS)[number]

export const AGGREGATES = ['sum', 'avg', 'min', 'max', 'distinct', 'first', 'last'] as const
export type Aggregate = (typeof AGGREGATES)[number]

/** Calendar units, in the workspace's zone. */
export const CALENDAR_UNITS = ['day', 'week', 'month', 'quarter', 'year'] as const
export type CalendarUnit = (typeof CALENDAR_UNITS)[number]

export type Scalar = string | number | boolean

/** What a text is taken for, if it reads as one: `"50"` as a number, `"2026-11-21"` as a date. */
export const READINGS = ['number', 'date'] as const
export type Reading = (typeof READINGS)[number]

/** A question to one value, in canonical form: what is not needed is absent. */
export interface ValueTest {
  readonly op: ValueOp
  /**
   * what `op` takes: a scalar, a list of scalars (`in`, `not_in`), two ends (`between`), a time (`before`, `after`) or
   * a `Window` span. A date is a whole day of the workspace's zone (`2026-11-21`) or a moment
   * (`2026-11-21T10:00:00.000Z`)
   */
  readonly value?: Scalar | readonly Scalar[]
  /** compares texts without case and without accents */
  readonly ignoreCase?: true
  /** compares what texts read as; absent: values as they are, except that ops of dates always read texts */
  readonly as?: Reading
}

/** A question to one property of an event, or to one field of a list's element. */
export interface PropertyTest extends ValueTest {
  /** a path: of an event, `context.` at its beginning means the context of the call */
  readonly property: string
}

/** All tests hold for the same element of a list. */
export interface EachTest {
  /** path of the elements: it ends in `[]` */
  readonly each: string
  /** paths begin at the element; sorted, without doubles */
  readonly where: readonly PropertyTest[]
}

/**
 * When an event counts. `roll`: in the last `ms` milliseconds. `back`: in the last `count` calendar units up to now.
 * `this`: in the unit of now, up to now. `last`: in the `count` whole units before the one of now. `range`: from and
 * to, both included, milliseconds since the epoch; null: open.
 */
export type Window =
  | { readonly kind: 'roll'; readonly ms: number }
  | { readonly kind: 'back'; readonly count: number; readonly unit: CalendarUnit }
  | { readonly kind: 'this'; readonly unit: CalendarUnit }
  | { readonly kind: 'last'; readonly count: number; readonly unit: CalendarUnit }
  | { readonly kind: 'range'; readonly from: number | null; readonly to: number | null }

/** Calls that conditions ask; an alias is only about identifiers. */
export const ASKED_TYPES = ['track', 'page', 'screen', 'identify', 'group'] as const satisfies EventType[]
export type AskedType = (typeof ASKED_TYPES)[number]

/** Several names of events: to the letter, or what they begin with. Sorted; none is in another. */
export interface EventNames {
  readonly names: readonly string[]
  readonly prefixes: readonly string[]
}

/** Which events a leaf is about. */
export interface EventPattern {
  /** of the call: `track` unless the condition says otherwise */
  readonly type: AskedType
  /** one name, to the letter, or several; absent: whatever its name, also none */
  readonly event?: string | EventNames
  /** all must hold; sorted, without doubles */
  readonly where: readonly (PropertyTest | EachTest)[]
}

export interface TraitLeaf extends ValueTest {
  readonly kind: 'trait'
  /** a path with dots; `[]` means any element */
  readonly trait: string
}
/** About a trait that is a list: one of its elements passes all tests. */
export interface EachLeaf extends EachTest {
  readonly kind: 'each'
}
export interface CountLeaf extends EventPattern {
  readonly kind: 'count'
  readonly op: CountOp
  /** a whole number from 0 */
  readonly count: number
  /** absent: for ever */
  readonly within?: Window
}
export interface AggregateLeaf extends EventPattern {
  readonly kind: 'aggregate'
  readonly fn: Aggregate
  /** a path; with `[]` every element's value counts, in the order of the event */
  readonly property: string
  /** `first` and `last` also take the ops of values that compare one value with one or two others */
  readonly op: CountOp | ValueOp
  readonly value?: Scalar | readonly Scalar[]
  readonly ignoreCase?: true
  readonly as?: Reading
  readonly within?: Window
}
/** Member of another audience; replaced by that audience's own condition before it is evaluated. */
export interface AudienceLeaf {
  readonly kind: 'audience'
  readonly key: string
}
export interface IdentifierLeaf {
  readonly kind: 'identifier'
  readonly namespace: string
  readonly op: 'exists' | 'not_exists'
}
/** A stable share of all profiles, in percent: from included, to excluded. */
export interface BucketLeaf {
  readonly kind: 'bucket'
  readonly seed: string
  readonly from: number
  readonly to: number
}
/** At least one identifier that names a person; nobody writes it: it stands for the population `known`. */
export interface KnownLeaf {
  readonly kind: 'known'
}

export type Leaf =
  | TraitLeaf
  | EachLeaf
  | CountLeaf
  | AggregateLeaf
  | AudienceLeaf
  | IdentifierLeaf
  | BucketLeaf
  | KnownLeaf

/**
 * A condition in canonical form: parsed, defaults filled in, branches flattened, sorted and without doubles. An empty
 * `all` is true, an empty `any` false.
 */
export type Condition =
  | Leaf
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }

/** Whom a condition is asked of. */
export const POPULATIONS = ['known', 'all'] as const
export type Population = (typeof POPULATIONS)[number]
