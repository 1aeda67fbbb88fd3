import { type Aggregate, COUNT_OPS, type Reading, type ValueOp } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { SUM_VALUE_END } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { parseInstant } from '../../event/event-time.ts'
import type { AggregateFunction } from '../aggregates/aggregate-function.ts'
import { aggregates } from '../aggregates/aggregates.ts'
import { ConditionError } from '../condition-error.ts'
import { leafKinds } from '../leaves/leaf-kinds.ts'
import type { Operator } from '../operators/operator.ts'
import { operators } from '../operators/operators.ts'
import { parseValueTest } from '../parse-value-test.ts'
import {
  arbitraryNumber,
  arbitraryScalar,
  arbitraryText,
  CONTEXT_PATHS,
  DATE_PATHS,
  DATES,
  MOMENT,
  NUMBER_PATHS,
  PATHS,
  SINGLE_PATHS,
  TEXT_PATHS,
} from './awkward-values.ts'

export const EVENT_NAMES = ['Order Completed', 'Viewed', "é'\\ 🎉"] as const
export const NAMESPACES = ['user_id', 'email', 'anonymous_id', 'crm_a', "o'hara"] as const
export const ZONES = [
  'UTC',
  'Europe/Paris',
  'America/New_York',
  'Asia/Kolkata',
  'Australia/Lord_Howe',
] as const

const goodDate = fc.constantFrom(...DATES.filter((date) => parseInstant(date) !== undefined))

/** Stretches of time, as ops on dates and windows take them. */
export const SPANS = [
  ...['1ms', '90m', '48h', '2d', '30d', '5w', '36525d'],
  ...['1 day', '2 days', '1 week', '1 month', '13 months', '1 quarter', '1 year', '24 months'],
]

/** Every form of `within`; most have an edge near MOMENT. */
export const arbitraryWindow: fc.Arbitrary<Json> = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...SPANS) },
  {
    weight: 3,
    arbitrary: fc.constantFrom('this day', 'this week', 'this month', 'this quarter', 'this year'),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...['last calendar day', 'last 2 calendar days', 'last calendar week', 'last 2 calendar weeks'],
      ...['last calendar month', 'last 3 calendar months', 'last calendar quarter', 'last 1 calendar year'],
    ),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom<Json>(
      { from: '2026-03-31' },
      { to: '2026-03-30' },
      { from: '2026-03-29', to: '2026-03-31' },
      { from: '2026-03-31', to: '2026-03-31' },
      { from: new Date(MOMENT).toISOString(), to: null },
      { from: null, to: new Date(MOMENT).toISOString() },
      { from: new Date(MOMENT).toISOString(), to: new Date(MOMENT).toISOString() },
      { from: '2026-04-01T00:00:00+02:00', to: '2026-04-02' },
    ),
  },
)

const ignoreCase = fc.constantFrom<JsonObject>({}, {}, { ignoreCase: true })
const sound = fc.oneof(
  { weight: 3, arbitrary: partOf(arbitraryText, 0) },
  { weight: 1, arbitrary: arbitraryScalar },
)
const OPS = Object.keys(operators) as ValueOp[]

const numberTest = tests({
  one: opsThat(({ kind, takes, scalar }) => kind !== 'moving' && takes === 'one' && scalar !== 'text'),
  values: arbitraryNumber,
})
const numberInTextTest = tests({
  one: opsThat(({ takes, readings }) => takes === 'one' && readings.includes('number')),
  values: fc.oneof<fc.Arbitrary<string | number>[]>(arbitraryNumber, fc.constantFrom('5', '50.0', '-1')),
  ends: arbitraryNumber,
  as: 'number',
})
const textTest = fc.oneof(
  withCase(
    opsThat(({ takes, scalar }) => takes === 'one' && scalar === undefined),
    sound,
  ),
  withCase(
    opsThat(({ takes }) => takes === 'list'),
    lists(sound),
  ),
  withCase(
    opsThat(({ takes, scalar }) => takes === 'one' && scalar === 'text'),
    partOf(arbitraryText, 1),
  ),
)
const stillDateTest = fc.oneof(
  withValue(
    opsThat(({ takes }) => takes === 'range'),
    ends(goodDate),
  ),
  withValue(
    opsThat(({ takes }) => takes === 'date'),
    goodDate,
  ),
  tests({
    one: opsThat(({ takes, readings }) => takes === 'one' && readings.includes('date')),
    values: goodDate,
    as: 'date',
  }),
)
const movingDateTest = withValue(
  opsThat(({ takes }) => takes === 'span'),
  fc.constantFrom(...SPANS),
)
const existence = fc.record<JsonObject>({ op: fc.constantFrom(...opsThat(({ takes }) => takes === 'none')) })

/** Operators by what they say of themselves, so that a new one is in every test that asks for its like. */
function opsThat(fits: (operator: Operator) => boolean): ValueOp[] {
  return OPS.filter((op) => fits(operators[op]))
}

interface Comparing<Value extends number | string> {
  /** operators that take one value */
  readonly one: readonly ValueOp[]
  readonly values: fc.Arbitrary<Value>
  /** ends of ranges, where not every value can be one */
  readonly ends?: fc.Arbitrary<number>
  readonly as?: Reading
}

/** Tests with one value, a list of values or two ends; values that an operator refuses are not among them. */
function tests<Value extends number | string>({
  one,
  values,
  ends: rangeEnds,
  as,
}: Comparing<Value>): fc.Arbitrary<JsonObject> {
  const reading: JsonObject = as === undefined ? {} : { as }
  const end: fc.Arbitrary<number | string> = rangeEnds ?? values
  const compared = (test: JsonObject): JsonObject => ({ ...test, ...reading })
  return fc
    .oneof(
      { weight: 2, arbitrary: withValue(one, values) },
      {
        weight: 1,
        arbitrary: withValue(
          opsThat(({ takes }) => takes === 'range'),
          ends(end),
        ),
      },
      {
        weight: 1,
        arbitrary: withValue(
          opsThat(({ takes }) => takes === 'list'),
          lists(values),
        ),
      },
    )
    .map(compared)
    .filter(isTaken)
}

function lists(values: fc.Arbitrary<Json>): fc.Arbitrary<Json> {
  return fc.array(values, { minLength: 1, maxLength: 4 }) as fc.Arbitrary<Json>
}

function withValue(ops: readonly ValueOp[], value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  return fc.record<JsonObject>({ op: fc.constantFrom(...ops), value })
}

function isTaken(test: JsonObject): boolean {
  try {
    parseValueTest(test, { path: '', zone: 'UTC', timeMoves: true })
    return true
  } catch (error) {
    if (error instanceof ConditionError) return false
    throw error
  }
}

/** A path with what may be asked there: mostly what fits, sometimes anything. */
function pathTest(
  name: string,
  dateTest: fc.Arbitrary<JsonObject>,
  others: readonly string[] = [],
): fc.Arbitrary<JsonObject> {
  const at = (paths: readonly string[], test: fc.Arbitrary<JsonObject>) =>
    fc.tuple(fc.constantFrom(...paths), test).map(([path, asked]): JsonObject => ({ [name]: path, ...asked }))
  return fc.oneof(
    { weight: 3, arbitrary: at(NUMBER_PATHS, numberTest) },
    { weight: 4, arbitrary: at(TEXT_PATHS, textTest) },
    { weight: 3, arbitrary: at(DATE_PATHS, dateTest) },
    { weight: 2, arbitrary: at(PATHS, existence) },
    { weight: 2, arbitrary: at(['title', 'price', 'mixed', 'tags[]', 'items[].sku'], numberInTextTest) },
    {
      weight: 2,
      arbitrary: at([...PATHS, ...others, ...others], fc.oneof(numberTest, textTest, dateTest, existence)),
    },
  )
}

/** A text, or a piece of it, of a length from `min` on. */
function partOf(text: fc.Arbitrary<string>, min: number): fc.Arbitrary<string> {
  return fc
    .tuple(text, fc.nat(3), fc.constantFrom(1, 2, 3, 20, 20))
    .map(([whole, from, length]) => (length === 20 ? whole : whole.slice(from, from + length)).toWellFormed())
    .map((part) => (part.length < min ? 'pro' : part))
}

function withCase(ops: readonly ValueOp[], value: fc.Arbitrary<Json>): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(fc.constantFrom(...ops), value, ignoreCase)
    .map(
      ([op, wanted, aside]): JsonObject => ({
        op,
        value: wanted,
        ...(operators[op].ignoresCase ? aside : {}),
      }),
    )
    .filter(isTaken)
}

function ends<T extends number | string>(end: fc.Arbitrary<T>): fc.Arbitrary<Json> {
  return fc.tuple(end, end).map(([a, b]) => {
    const [low, high] = [a, b].map((each) =>
      typeof each === 'number' ? each : (parseInstant(each) as number),
    ) as [number, number]
    // which of a day and a moment of that day comes first is for the zone to say
    if (typeof a === 'string' && Math.abs(low - high) < 2 * 86_400_000) return [a, a]
    return low <= high ? [a, b] : [b, a]
  })
}

/** Tests that are about one element of a list. */
function eachTest(paths: readonly string[], dateTest: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  const at = (path: string, test: fc.Arbitrary<JsonObject>) =>
    test.map((asked): JsonObject => ({ property: path, ...asked }))
  const one = fc.oneof(
    { weight: 3, arbitrary: at('sku', fc.oneof(textTest, existence, numberInTextTest)) },
    { weight: 3, arbitrary: at('qty', numberTest) },
    { weight: 1, arbitrary: at('when', dateTest) },
    { weight: 1, arbitrary: at('tags', textTest) },
    { weight: 1, arbitrary: at('tags[]', textTest) },
    { weight: 1, arbitrary: at('box.w', fc.oneof(textTest, existence)) },
    { weight: 1, arbitrary: at('x', fc.oneof(textTest, existence)) },
  )
  return fc
    .tuple(fc.constantFrom(...paths), fc.array(one, { minLength: 1, maxLength: 2 }))
    .map(([each, tests]): JsonObject => ({ each, where: tests }))
}

const ELEMENT_PATHS = ['items[]', 'items[]', 'items', 'mixed[]', 'items[].box', 'tags[]']
const eventTest = fc.oneof(
  { weight: 4, arbitrary: pathTest('property', stillDateTest, CONTEXT_PATHS) },
  { weight: 1, arbitrary: eachTest([...ELEMENT_PATHS, 'context.brands[]'], stillDateTest) },
)

const where: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({}) },
  {
    weight: 4,
    arbitrary: eventTest.map((test): JsonObject => ({ where: [test] })),
  },
  {
    weight: 1,
    arbitrary: fc
      .array(eventTest, { minLength: 2, maxLength: 3 })
      .map((tests): JsonObject => ({ where: tests })),
  },
)

/** Which events: mostly one name. */
const which: fc.Arbitrary<JsonObject> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .tuple(
        fc.constantFrom(...EVENT_NAMES, EVENT_NAMES[0], EVENT_NAMES[0], EVENT_NAMES[0]),
        fc.constantFrom<JsonObject>({}, {}, {}, { type: 'track' }, { type: 'page' }),
      )
      .map(([event, type]): JsonObject => ({ event, ...type })),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom<JsonObject>(
      { event: ['Viewed', 'Order Completed'] },
      { event: ['V*', 'Order Completed', 'nothing*'] },
      { event: 'Order *' },
      { event: '*' },
      { event: 'Order \\*' },
    ),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(
        fc.constantFrom('page', 'page', 'screen', 'identify', 'group'),
        fc.constantFrom<JsonObject>({}, {}, { name: 'Viewed' }, { name: ['Order*', 'Other'] }),
      )
      .map(([type, name]): JsonObject => {
        return { event: { type, ...(type === 'page' || type === 'screen' ? name : {}) } }
      }),
  },
)

const pattern: fc.Arbitrary<JsonObject> = fc
  .tuple(which, where, fc.option(arbitraryWindow, { nil: undefined, freq: 4 }))
  .map(([event, tests, within]): JsonObject => {
    return { ...event, ...tests, ...(within === undefined ? {} : { within }) }
  })

const traitDateTest = fc.oneof(stillDateTest, movingDateTest, movingDateTest)
export const arbitraryTraitLeaf: fc.Arbitrary<JsonObject> = fc.oneof(
  { weight: 6, arbitrary: pathTest('trait', traitDateTest) },
  { weight: 1, arbitrary: eachTest(ELEMENT_PATHS, traitDateTest) },
)

const limit = fc.oneof(
  fc.constantFrom(0, 1, 2, 3),
  arbitraryNumber.filter((value) => Math.abs(value) < SUM_VALUE_END),
)
const compared = fc.oneof(
  fc.record<JsonObject>({
    aggregate: aggregateOf(aggregatesBy('counts'), [
      'price',
      'price',
      'price',
      'mixed',
      'items[].qty',
      'items[].qty',
      'tags[]',
      ...PATHS,
      ...CONTEXT_PATHS,
    ]),
    op: fc.constantFrom(...COUNT_OPS),
    value: limit,
  }),
  whatIs(['price', 'mixed', 'price', 'a\\.b'], numberTest),
  whatIs(['title', 'title', 'address.city', 'mixed'], textTest),
  whatIs(['when', 'when', 'title'], stillDateTest),
  whatIs(['items[].qty', 'tags[]', 'items[].tags[]'], fc.oneof(numberTest, textTest)),
  whatIs(CONTEXT_PATHS, fc.oneof(textTest, numberTest)),
  whatIs([...SINGLE_PATHS, ...CONTEXT_PATHS], existence),
)

function whatIs(paths: readonly string[], test: fc.Arbitrary<JsonObject>): fc.Arbitrary<JsonObject> {
  return fc
    .tuple(aggregateOf(aggregatesBy('values'), paths), test)
    .map(([aggregate, asked]) => ({ aggregate, ...asked }))
}

function aggregatesBy(compared: AggregateFunction['comparedBy']): Aggregate[] {
  return (Object.keys(aggregates) as Aggregate[]).filter((fn) => aggregates[fn].comparedBy === compared)
}

function aggregateOf(fns: readonly string[], paths: readonly string[]): fc.Arbitrary<JsonObject> {
  return fc.record<JsonObject>({ fn: fc.constantFrom(...fns), property: fc.constantFrom(...paths) })
}

/** Mostly of events that are there. */
const busyPattern = fc.oneof(
  { weight: 1, arbitrary: pattern },
  { weight: 2, arbitrary: fc.constant<JsonObject>({ event: EVENT_NAMES[0] }) },
  {
    weight: 3,
    arbitrary: fc.record<JsonObject>({
      event: fc.constant(EVENT_NAMES[0]),
      within: fc.oneof(
        arbitraryWindow,
        fc.constantFrom<Json>('35d', '1 month', 'this year', 'this week', { from: '2026-03-01' }),
      ),
    }),
  },
)

export const arbitraryCountLeaf: fc.Arbitrary<JsonObject> = fc
  .tuple(
    fc.oneof(pattern, busyPattern),
    fc.option(
      fc.record({ op: fc.constantFrom(...COUNT_OPS), value: fc.constantFrom(0, 1, 1, 2, 2, 3, 5, 8, 70) }),
      { nil: undefined, freq: 5 },
    ),
  )
  .map(([event, count]) => ({ ...event, ...(count === undefined ? {} : { count }) }))

export const arbitraryAggregateLeaf: fc.Arbitrary<JsonObject> = fc
  .tuple(busyPattern, compared)
  .map(([event, rest]) => ({ ...event, ...rest }))

const { audience: _, ...askable } = leafKinds
const examples: readonly JsonObject[] = Object.values(askable).flatMap(({ example }) =>
  example === undefined ? [] : [example],
)
const person: fc.Arbitrary<JsonObject> = fc.oneof(
  fc.record<JsonObject>({
    identifier: fc.constantFrom(...NAMESPACES, 'nowhere'),
    op: fc.constantFrom('exists', 'not_exists'),
  }),
  // a leaf that has no generator of its own is in the suites by its example
  fc.constantFrom<JsonObject>(...examples),
  fc.tuple(fc.constantFrom('spring', 'é', ''), fc.nat(100), fc.nat(100)).map(
    ([seed, a, b]): JsonObject => ({
      bucket: { seed: `s${seed}`, from: Math.min(a, b), to: Math.max(a, b) },
    }),
  ),
)

/** Raw conditions over the whole grammar that is available, without audiences. */
export const arbitraryCondition: fc.Arbitrary<JsonObject> = fc.letrec<{ node: JsonObject }>((tie) => ({
  node: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: arbitraryTraitLeaf },
    { weight: 3, arbitrary: arbitraryCountLeaf },
    { weight: 3, arbitrary: arbitraryAggregateLeaf },
    { weight: 1, arbitrary: person },
    {
      weight: 1,
      arbitrary: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((all): JsonObject => ({ all })),
    },
    {
      weight: 1,
      arbitrary: fc.array(tie('node'), { minLength: 1, maxLength: 3 }).map((any): JsonObject => ({ any })),
    },
    { weight: 1, arbitrary: tie('node').map((not): JsonObject => ({ not })) },
  ),
})).node
