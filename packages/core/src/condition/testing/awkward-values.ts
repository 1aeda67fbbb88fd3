import type { Scalar } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import fc from 'fast-check'

/**
 * The moment around which generated histories and windows lie: two days after clocks went forward in Paris, at the end
 * of a month longer than the one before.
 */
export const MOMENT = Date.UTC(2026, 2, 31, 9)

const NUMBERS: readonly number[] = [
  ...[50, 49.99, 50.01, 0, -0, 1, 2, 3, 5, -1, 100, 1000],
  ...[0.1 + 0.2, 0.3, 0.1, 1e-7, -1e-7, 4.9e-10, 5e-10, 1e-10, 0.00005, 0.00015, 1.005],
  ...[1e14, -1e14, 999_999_999_999_999.9, 1e15, -1e15, 123_456_789.123_456_79, 99_999_999_999.123_46],
  ...[1e20, 1e21, 1e300, 5e-324, Number.MAX_SAFE_INTEGER, 2 ** 53 + 2, -1.5],
]

export const DATES: readonly string[] = [
  ...[
    '2026-03-31',
    '2026-03-30',
    '2026-03-29',
    '2026-04-01',
    '2026-02-28',
    '1992-02-29',
    '1990-04-02',
    '1990-04-01',
  ],
  ...[
    '2026-03-31T09:00:00.000Z',
    '2026-03-31T09:00:00.001Z',
    '2026-03-31T08:59:59.999Z',
    '2026-03-31T11:00:00+02:00',
  ],
  ...[
    '2026-03-31 09:00',
    '2026-03-31t09:00:00,000999Z',
    '2026-03-30T24:00:00Z',
    '2026-03-31T09:00:60Z',
    '2026-03-31T09:00 Z',
  ],
  ...[
    '1900-01-01',
    '1899-12-31T23:30:00-01:00',
    '1900-01-01T00:30:00+01:00',
    '2299-12-31T23:59:59.999Z',
    '2300-01-01',
  ],
  ...[
    '2026-02-29',
    '2026-13-01',
    '2026-3-31',
    '20260331',
    '2026-03-31T25:00',
    '2026-03-31T09:00:00.Z',
    ' 2026-03-31',
  ],
  ...[
    '+002026-03-31',
    '2026-03-31Z',
    '2026-03-31T09',
    '2026-03-31T09:00:00+0200',
    '2026-03-31T09:00:00-02',
    '2026-03-31T09:00:00+24:00',
  ],
]

const TEXTS: readonly string[] = [
  ...['', 'pro', 'PRO', 'Pró', 'PRO\u0301', 'pros', 'prose', 'o', 'ro', 'free'],
  ...[
    'ß',
    'SS',
    'ss',
    'ẞ',
    'İ',
    'i',
    'I',
    'ı',
    'i\u0307',
    'Σ',
    'σ',
    'ς',
    'ΟΔΟΣ',
    'οδός',
    'ﬁ',
    'fi',
    'Å',
    'Å',
    'å',
  ],
  ...[
    'É',
    'é',
    'e\u0301',
    'e',
    'Ǆ',
    'ǆ',
    'ǅ',
    'ſ',
    's',
    'K',
    'k',
    'µ',
    'μ',
    '한',
    '하',
    'ᄒ',
    'が',
    'か',
    'ﬀ',
    'Ω',
    'Ω',
  ],
  ...['🎉', '🎉 é 漢', '𝐀', '𐐀', '𐐨', '\u0301', '\u200b', '\ufffd', '👩\u200d🚀', '\u{1f1eb}'],
  ...[
    'quote "\'',
    'back\\slash',
    '\\',
    'new\nline',
    '\n\n',
    'tab\t',
    "x'); drop table event; --",
    '{p1:String}',
    '%',
    '_',
    '.*',
    '[a-z]',
  ],
  ...[
    '5',
    '50',
    '50.0',
    '-1e0',
    '007',
    '49.990',
    '1e999',
    '5.',
    '.5',
    '+5',
    '1 000',
    '5\n',
    'true',
    'null',
    '[]',
    '{}',
    '"pro"',
    '"',
    '\u0001',
    '\r',
    ' pro',
    'pro ',
  ],
]

/** Paths that lead to what `arbitraryObject` makes, and some that lead nowhere. */
export const PATHS = [
  ...[
    'price',
    'title',
    'mixed',
    'gift',
    'when',
    'tags',
    'tags[]',
    'items',
    'items[]',
    'address',
    'a\\.b',
    'e\\[]',
    'c\\\\d',
    'gone',
    'missing',
  ],
  ...[
    'items[].sku',
    'items[].qty',
    'items[].tags',
    'items[].tags[]',
    'items[].when',
    'items[].box',
    'items[].box.w',
    'items.sku',
  ],
  ...[
    'address.city',
    'address.geo',
    'address.geo.lat',
    'address.a\\.b',
    'address.none',
    'mixed.x',
    'mixed[]',
    'mixed[].x',
    'title.x',
    'e[]',
    'mixed[][]',
    'items[].tags[][]',
    'category',
    '\\context.page',
  ],
]

/** Paths into the context of a call. */
export const CONTEXT_PATHS = [
  ...[
    'context.page.path',
    'context.page.path',
    'context.page',
    'context.locale',
    'context.size',
    'context.when',
  ],
  ...['context.tags', 'context.tags[]', 'context.brands[].name', 'context.none', 'context.a\\.b'],
]

/** Where numbers, texts and dates mostly are. */
export const NUMBER_PATHS = ['price', 'price', 'items[].qty', 'address.geo.lat', 'mixed', 'tags[]']
export const TEXT_PATHS = [
  'title',
  'title',
  'address.city',
  'items[].sku',
  'tags',
  'tags[]',
  'items[].tags',
  'items[].tags[]',
  'mixed',
  'mixed.x',
]
export const DATE_PATHS = ['when', 'when', 'items[].when', 'title']

/** Paths without `[]`, as aggregates take them. */
export const SINGLE_PATHS = PATHS.filter((path) => !path.includes('[]'))

export const arbitraryNumber: fc.Arbitrary<number> = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(50, 50, 49.99, 0.1 + 0.2, 0.3, 2, 5) },
  { weight: 6, arbitrary: fc.constantFrom(...NUMBERS) },
  { weight: 2, arbitrary: fc.integer({ min: -20_000, max: 20_000 }).map((cents) => cents / 100) },
  { weight: 1, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
)

export const arbitraryText: fc.Arbitrary<string> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.constantFrom('pro', 'PRO', 'Pró', 'prose', 'ΟΔΟΣ', 'οδός', '5', '50.0', 'quote "\''),
  },
  { weight: 8, arbitrary: fc.constantFrom(...TEXTS) },
  { weight: 2, arbitrary: fc.constantFrom(...DATES) },
  {
    weight: 1,
    arbitrary: fc.string({ unit: 'binary', maxLength: 6 }).map((text) => text.replaceAll('\u0000', '')),
  },
)

export const arbitraryScalar: fc.Arbitrary<Scalar> = fc.oneof(
  { weight: 4, arbitrary: arbitraryNumber },
  { weight: 4, arbitrary: arbitraryText },
  { weight: 1, arbitrary: fc.boolean() },
)

const few = { minLength: 0, maxLength: 3 }
const scalarOrNull: fc.Arbitrary<Json> = fc.oneof(
  { weight: 6, arbitrary: arbitraryScalar },
  fc.constant(null),
)
const list: fc.Arbitrary<Json> = fc.array(scalarOrNull, few)
const item = fc.oneof(
  {
    weight: 5,
    arbitrary: anyOf({
      sku: scalarOrNull,
      qty: fc.oneof(arbitraryNumber, fc.constant(null)),
      tags: fc.oneof(list, arbitraryText, fc.constant<Json>([['pro', 5]])),
      when: fc.constantFrom(...DATES),
      box: fc.oneof(fc.constant<Json>({}), anyOf({ w: scalarOrNull }), fc.constant<Json>({ w: {} })),
    }),
  },
  { weight: 1, arbitrary: scalarOrNull },
  { weight: 1, arbitrary: list },
)
const items: fc.Arbitrary<Json> = fc.array(item, few)
const address = anyOf({
  city: arbitraryText,
  geo: fc.oneof(anyOf({ lat: scalarOrNull }), fc.constant<Json>({}), fc.constant<Json>({ lat: {} })),
  'a.b': arbitraryScalar,
  none: fc.constant(null),
})

/** Objects that have most of these keys. */
function anyOf(keys: Record<string, fc.Arbitrary<Json>>): fc.Arbitrary<Json> {
  const all = fc.record(keys)
  return fc
    .tuple(all, fc.subarray(Object.keys(keys), { minLength: 0 }), fc.boolean())
    .map(([object, some, isWhole]) => {
      if (isWhole) return object
      return Object.fromEntries(some.map((key) => [key, object[key] as Json]))
    })
}

/** A value of any shape, such as a trait may have. */
const arbitraryValue: fc.Arbitrary<Json> = fc.oneof(
  { weight: 5, arbitrary: arbitraryScalar },
  { weight: 1, arbitrary: fc.constant(null) },
  { weight: 1, arbitrary: list },
  { weight: 1, arbitrary: items },
  { weight: 1, arbitrary: fc.record({ x: arbitraryScalar }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Json>({}, [], [{}], [[]], [null], { x: null }, { x: {} }, [{ x: [] }]),
  },
)

/** Properties or traits: most keys with the type that their name says, `mixed` with any. */
export const arbitraryObject = anyOf({
  price: fc.oneof({ weight: 6, arbitrary: arbitraryNumber }, { weight: 1, arbitrary: arbitraryScalar }),
  title: fc.oneof({ weight: 6, arbitrary: arbitraryText }, { weight: 1, arbitrary: arbitraryScalar }),
  mixed: arbitraryValue,
  gift: fc.oneof({ weight: 4, arbitrary: fc.boolean() }, { weight: 1, arbitrary: scalarOrNull }),
  when: fc.constantFrom(...DATES),
  tags: fc.oneof({ weight: 4, arbitrary: list }, { weight: 1, arbitrary: scalarOrNull }),
  items,
  address,
  category: arbitraryText,
  context: fc.record({ page: arbitraryScalar }),
  'a.b': arbitraryScalar,
  'e[]': arbitraryScalar,
  'c\\d': arbitraryScalar,
  gone: fc.constant(null),
}) as fc.Arbitrary<JsonObject>

/** What stands beside the payload of a call. */
export const arbitraryBeside = anyOf({
  category: fc.oneof(arbitraryText, fc.constant('')),
  context: anyOf({
    page: anyOf({ path: arbitraryText }),
    locale: arbitraryText,
    size: arbitraryNumber,
    when: fc.constantFrom(...DATES),
    tags: list,
    brands: fc.array(fc.record({ name: scalarOrNull }), few),
    none: fc.constant(null),
    traits: fc.oneof(
      anyOf({ title: arbitraryText, price: arbitraryNumber, items }),
      fc.constant<Json>([]),
      fc.constant('none'),
    ),
    'a.b': arbitraryScalar,
  }),
}) as fc.Arbitrary<JsonObject>
