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

/** A question to one value, in canonical form: what is not needed is absent. */
export interface ValueTest {
  readonly op: ValueOp
  /** what `op` takes: a scalar, a list of scalars (`in`, `not_in`), two ends (`between`), a time (`before`, `after`) or a `Window` span */
  readonly value?: Scalar | readonly Scalar[]
  /** compares texts without case and without accents */
  readonly ignoreCase?: true
}

/** A question to one property of an event. */
export interface PropertyTest extends ValueTest {
  readonly property: string
}

/**
 * When an event counts. `roll`: in the last `ms` milliseconds. `back`: in the last `count` calendar units up to now. `this`: in the unit of now, up to now. `last`: in the
 * `count` whole units before the one of now. `range`: from and to, both included, milliseconds since the epoch; null: open.
 */
export type Window =
  | { readonly kind: 'roll'; readonly ms: number }
  | { readonly kind: 'back'; readonly count: number; readonly unit: CalendarUnit }
  | { readonly kind: 'this'; readonly unit: CalendarUnit }
  | { readonly kind: 'last'; readonly count: number; readonly unit: CalendarUnit }
  | { readonly kind: 'range'; readonly from: number | null; readonly to: number | null }

/** Which events a leaf is about. */
export interface EventPattern {
  /** of the call: `track` unless the condition says otherwise */
  readonly type: EventType
  /** of the event, to the letter */
  readonly event: string
  /** all must hold; sorted, without doubles */
  readonly where: readonly PropertyTest[]
}

export interface TraitLeaf extends ValueTest {
  readonly kind: 'trait'
  /** a path with dots; `[]` means any element */
  readonly trait: string
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
  readonly property: string
  /** `first` and `last` also take the ops of values that compare one value with one or two others */
  readonly op: CountOp | ValueOp
  readonly value?: Scalar | readonly Scalar[]
  readonly ignoreCase?: true
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
  | CountLeaf
  | AggregateLeaf
  | AudienceLeaf
  | IdentifierLeaf
  | BucketLeaf
  | KnownLeaf

/** A condition in canonical form: parsed, defaults filled in, branches flattened, sorted and without doubles. An empty `all` is true, an empty `any` false. */
export type Condition =
  | Leaf
  | { readonly kind: 'all'; readonly of: readonly Condition[] }
  | { readonly kind: 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }

/** Whom a condition is asked of. */
export const POPULATIONS = ['known', 'all'] as const
export type Population = (typeof POPULATIONS)[number]
