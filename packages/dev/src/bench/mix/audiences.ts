import { createRandom } from './random.ts'

/** A condition as the API takes it. */
export type ConditionJson = Readonly<Record<string, unknown>>

/** An audience as the API takes it. */
export interface AudienceDefinition {
  readonly key: string
  readonly condition: ConditionJson
}

const SEED = 11
// a little more than one in so many leaves is the most popular one, as marketers come back to the same questions
const LEAF_BIAS = 2

/**
 * Those of the mix: counts in 30 days, a sum, a trait. After a million events of 50,000 people each has about 5 to 20 %
 * of them, after four million 15 to 40 %.
 */
const FIRST: readonly AudienceDefinition[] = [
  { key: 'viewers', condition: countOf('Product Viewed', 5, '30d') },
  {
    key: 'cart-fillers',
    condition: countOf('Product Added', 2, '30d', [{ property: 'price', op: 'gt', value: 50 }]),
  },
  { key: 'buyers', condition: countOf('Order Completed', 1, '30d') },
  { key: 'spenders', condition: sumOf(300, '90d') },
  { key: 'pro-plan', condition: { trait: 'plan', op: 'equals', value: 'pro' } },
]

/**
 * The first `count` audiences of the mix: always the same ones, and a longer list begins with the shorter one. After
 * the first five they are what marketers make of eight events, a few windows, thresholds and traits: alone or by all,
 * any and not, with many leaves in common.
 */
export function makeAudiences(count: number): AudienceDefinition[] {
  const made = FIRST.slice(0, count)
  const seen = new Set(made.map(({ condition }) => JSON.stringify(condition)))
  const random = createRandom(SEED)
  const leaf = () => LEAVES[Math.floor(random() ** LEAF_BIAS * LEAVES.length)] as ConditionJson
  while (made.length < count) {
    const condition = combine(random, leaf)
    const text = JSON.stringify(condition)
    if (seen.has(text)) continue
    seen.add(text)
    made.push({ key: `mix-${made.length + 1}`, condition })
  }
  return made
}

/** At least so many events within a window. */
export function countOf(
  event: string,
  value: number,
  within: string,
  where?: readonly ConditionJson[],
): ConditionJson {
  return { event, ...(where === undefined ? {} : { where }), count: { op: 'gte', value }, within }
}

/** Orders of at least so much within a window. */
export function sumOf(value: number, within: string): ConditionJson {
  return { event: 'Order Completed', aggregate: { fn: 'sum', property: 'revenue' }, op: 'gte', value, within }
}

function combine(random: () => number, leaf: () => ConditionJson): ConditionJson {
  const kind = random()
  if (kind < 0.3) return leaf()
  if (kind < 0.55) return { all: leaves(random, leaf) }
  if (kind < 0.7) return { any: leaves(random, leaf) }
  if (kind < 0.9) return { all: [leaf(), { not: leaf() }] }
  return { all: [leaf(), { any: leaves(random, leaf) }, { not: leaf() }] }
}

function leaves(random: () => number, leaf: () => ConditionJson): ConditionJson[] {
  return random() < 0.6 ? [leaf(), leaf()] : [leaf(), leaf(), leaf()]
}

const WINDOWS = ['30d', '7d', '90d'] as const
const THRESHOLDS = [1, 3, 5, 10] as const
const VIEWED: readonly (readonly ConditionJson[])[] = [
  [{ property: 'category', op: 'equals', value: 'shoes' }],
  [{ property: 'price', op: 'gt', value: 100 }],
  [{ property: 'inStock', op: 'equals', value: false }],
  [
    { property: 'category', op: 'in', value: ['jackets', 'outdoor'] },
    { property: 'price', op: 'lte', value: 200 },
  ],
]
const TRAITS: readonly ConditionJson[] = [
  { trait: 'plan', op: 'equals', value: 'pro' },
  { trait: 'newsletter', op: 'equals', value: true },
  { trait: 'points', op: 'gte', value: 2_500 },
  { trait: 'plan', op: 'in', value: ['pro', 'team'] },
  { trait: 'points', op: 'lt', value: 500 },
  { trait: 'firstName', op: 'starts_with', value: 'A' },
  { trait: 'email', op: 'exists' },
]

/** The questions that audiences are made of, the popular ones first. */
const LEAVES: readonly ConditionJson[] = [
  ...FIRST.map(({ condition }) => condition),
  ...TRAITS,
  ...WINDOWS.flatMap((within) => [100, 500, 1_000].map((value) => sumOf(value, within))),
  ...WINDOWS.flatMap((within) => VIEWED.map((where) => countOf('Product Viewed', 1, within, where))),
  ...['Order Completed', 'Product Viewed', 'Product Added', 'Checkout Started'].flatMap(counts),
  ...['Email Opened', 'Products Searched', 'Cart Viewed', 'Product List Viewed'].flatMap(counts),
]

function counts(event: string): ConditionJson[] {
  return WINDOWS.flatMap((within) => THRESHOLDS.map((value) => countOf(event, value, within)))
}
