import { canonicalText } from '@affluent/core/condition/canonical-text'
import { operators } from '@affluent/core/condition/operators/operators'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import { arbitraryCondition } from '@affluent/core/condition/testing/arbitrary-condition'
import { SPAN_UNITS } from '@affluent/core/condition/window-text'
import { COUNT_OPS, type Scalar, VALUE_OPS } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  emptyTest,
  formOf,
  scalarOf,
  type ValueTestModel,
  withOp,
  writeTest,
} from '../../conditions/value-test.ts'
import type { WindowModel } from '../../conditions/window-model.ts'
import {
  addNode,
  type ConditionNode,
  type ConditionParts,
  changeNode,
  duplicateNode,
  EMPTY_PARTS,
  type GroupNode,
  moveNode,
  nextId,
  removeNode,
} from './condition-model.ts'
import { AGGREGATE_FNS, EVENT_KINDS } from './leaves/event-node.ts'
import { type LeafNode, newLeaf } from './leaves/leaf-forms.ts'
import { readCondition } from './read-condition.ts'
import { writeCondition } from './write-condition.ts'

const name = fc.constantFrom('plan', 'address.city', 'items[].sku', 'a\\.b', 'é')
const text = fc.constantFrom('pro', 'Été', '5', 'x y')
const number = fc.constantFrom(0, 1, 2.5, -3, 1_000)
const scalar: fc.Arbitrary<Scalar> = fc.oneof(text, number, fc.boolean())
const units = fc.constantFrom('day', 'week', 'month', 'quarter', 'year')
const spanText = fc
  .tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom(...SPAN_UNITS))
  .map(([count, unit]) =>
    unit.length <= 2 ? `${count}${unit}` : `${count} ${unit}${count === 1 ? '' : 's'}`,
  )

function arbitraryTest(timeMoves: boolean): fc.Arbitrary<ValueTestModel> {
  const ops = VALUE_OPS.filter((op) => timeMoves || formOf(op) !== 'span')
  return fc.constantFrom(...ops).chain((op) => {
    const values: fc.Arbitrary<readonly Scalar[]> = (() => {
      switch (formOf(op)) {
        case 'none':
          return fc.constant([])
        case 'list':
          return fc.uniqueArray(scalar, { minLength: 1, maxLength: 4 })
        case 'range':
          return fc.constantFrom<Scalar[]>([1, 2], [2.5, 2.5], ['2026-01-01', '2026-02-01'])
        case 'date':
          return fc.constantFrom(['2026-01-01'], ['2026-01-01T10:00:00Z'])
        case 'span':
          return spanText.map((span) => [span])
        default:
          return { number, text, boolean: fc.boolean(), any: scalar }[scalarOf(op) ?? 'any'].map((value) => [
            value,
          ])
      }
    })()
    return fc.tuple(values, fc.boolean()).map(([found, asked]): ValueTestModel => {
      const ignoresCase =
        asked && operators[op].ignoresCase && found.some((value) => typeof value === 'string')
      return { op, values: found, ignoresCase }
    })
  })
}

const arbitraryWindow: fc.Arbitrary<WindowModel | null> = fc.oneof(
  fc.constant(null),
  fc
    .tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom(...SPAN_UNITS))
    .map(([count, unit]): WindowModel => ({ kind: 'rolling', span: { count, unit } })),
  units.map((unit): WindowModel => ({ kind: 'this', unit })),
  fc
    .tuple(fc.integer({ min: 1, max: 9 }), units)
    .map(([count, unit]): WindowModel => ({ kind: 'previous', count, unit })),
  fc.constantFrom<WindowModel>(
    { kind: 'range', from: '2026-01-01', to: '2026-02-01' },
    { kind: 'range', from: '', to: '2026-02-01' },
    { kind: 'range', from: '2026-01-01T10:00:00Z', to: '' },
  ),
)

const arbitraryLeaf: fc.Arbitrary<LeafNode> = fc.oneof(
  fc
    .tuple(name, arbitraryTest(true))
    .map(([trait, asked]): LeafNode => ({ id: 0, kind: 'trait', trait, test: asked })),
  fc
    .record({
      type: fc.constantFrom(...EVENT_KINDS),
      event: text,
      where: fc.array(fc.record({ id: fc.constant(0), property: name, test: arbitraryTest(false) }), {
        maxLength: 2,
      }),
      measure: fc.oneof(
        fc.record({
          kind: fc.constant('count' as const),
          op: fc.constantFrom(...COUNT_OPS),
          value: fc.integer({ min: 0, max: 9 }),
        }),
        fc.record({
          kind: fc.constant('aggregate' as const),
          fn: fc.constantFrom(...AGGREGATE_FNS),
          property: fc.constantFrom('revenue', 'a\\.b'),
          op: fc.constantFrom(...COUNT_OPS),
          value: number,
        }),
      ),
      window: arbitraryWindow,
    })
    .map((event): LeafNode => ({ id: 0, kind: 'event', ...event })),
  text.map((audience): LeafNode => ({ id: 0, kind: 'audience', audience })),
  fc
    .constantFrom('exists' as const, 'not_exists' as const)
    .map((op): LeafNode => ({ id: 0, kind: 'identifier', namespace: 'email', op })),
  fc.constant<LeafNode>({ id: 0, kind: 'share', seed: 'spring', from: 0, to: 10 }),
)

const joins = fc.constantFrom('all' as const, 'any' as const)
const group = (of: fc.Arbitrary<ConditionNode>, minLength: number): fc.Arbitrary<GroupNode> =>
  fc
    .tuple(joins, fc.array(of, { minLength, maxLength: 3 }))
    .map(([how, nodes]): GroupNode => ({ id: 0, kind: 'group', joins: how, of: nodes }))
// a group of one is written as it is, and straightened when it is read
const inner = group(arbitraryLeaf, 2)
const middle = group(fc.oneof({ weight: 3, arbitrary: arbitraryLeaf }, { weight: 1, arbitrary: inner }), 2)
const node: fc.Arbitrary<ConditionNode> = fc.oneof(
  { weight: 3, arbitrary: arbitraryLeaf },
  { weight: 1, arbitrary: middle },
)

const arbitraryParts: fc.Arbitrary<ConditionParts> = fc
  .tuple(joins, fc.array(node, { maxLength: 4 }), fc.array(node, { maxLength: 3 }))
  .filter(([, include, exclude]) => include.length + exclude.length > 0)
  .map(([how, include, exclude]) =>
    numbered({
      include: { ...EMPTY_PARTS.include, joins: how, of: include },
      exclude: { ...EMPTY_PARTS.exclude, of: exclude },
    }),
  )

test('what the builder writes is read back as the same, and the server takes it', () => {
  fc.assert(
    fc.property(arbitraryParts, (parts) => {
      const { condition, incomplete } = writeCondition(parts)
      expect(incomplete).toEqual([])
      const back = readCondition(condition as Json)
      expect(back).toBeDefined()
      const again = writeCondition(back as ConditionParts).condition
      expect(again).toEqual(condition)
      expect(canonical(again)).toBe(canonical(condition))
    }),
    { numRuns: 500 },
  )
})

test('whatever condition the API takes comes back from the builder with its meaning; parts without fields are kept as JSON', () => {
  let drawn = 0
  fc.assert(
    fc.property(arbitraryCondition, (condition) => {
      const parts = readCondition(condition)
      if (!hasJson(parts as ConditionParts)) drawn++
      if (countNots(condition) > 1) return
      expect(canonical(writeCondition(parts as ConditionParts).condition)).toBe(canonical(condition))
    }),
    { numRuns: 500 },
  )
  expect(drawn).toBeGreaterThan(50)
})

test('several "not" beside each other are one section of exclusions', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((audience) => ({ audience }))
  const parts = readCondition({ all: [a, { not: b }, { not: c }] } as Json)
  expect(writeCondition(parts as ConditionParts).condition).toEqual({ all: [a, { not: { any: [b, c] } }] })
})

test.each<Json>([
  { any: [{ not: { audience: 'a' } }, { audience: 'b' }] },
  {
    all: [
      { audience: 'a' },
      { any: [{ audience: 'b' }, { all: [{ audience: 'c' }, { any: [{ audience: 'd' }] }] }] },
    ],
  },
  { event: 'Order Completed', aggregate: { fn: 'last', property: 'coupon' }, op: 'equals', value: 'A' },
  { trait: 'a', op: 'exists', note: 'mine' },
  { consent: 'marketing', channel: 'email', state: 'granted' },
  { all: [] },
  { any: [{ audience: 'a' }, { later: true }] },
])('%j has a part that the builder keeps as JSON, to the letter', (condition) => {
  const parts = readCondition(condition) as ConditionParts
  expect(hasJson(parts)).toBe(true)
  expect(writeCondition(parts).condition).toEqual(condition)
})

test('what is no object is no condition', () => {
  for (const json of [[], 'x', null, 5] as Json[]) expect(readCondition(json)).toBeUndefined()
})

test('the places of a condition are those that the server names', () => {
  const parts: ConditionParts = {
    include: {
      ...EMPTY_PARTS.include,
      of: [
        { id: 3, kind: 'audience', audience: '' },
        { id: 4, kind: 'audience', audience: 'a' },
        { id: 5, kind: 'group', joins: 'any', of: [leaf(6, 'b'), leaf(7, 'c')] },
      ],
    },
    exclude: { ...EMPTY_PARTS.exclude, of: [leaf(8, 'd')] },
  }
  const { condition, places, incomplete } = writeCondition(parts)
  expect(condition).toEqual({
    all: [{ audience: 'a' }, { any: [{ audience: 'b' }, { audience: 'c' }] }, { not: { audience: 'd' } }],
  })
  expect(incomplete).toEqual([3])
  expect(places.get('condition.all[0]')).toBe(4)
  expect(places.get('condition.all[1]')).toBe(5)
  expect(places.get('condition.all[1].any[1]')).toBe(7)
  expect(places.get('condition.all[2].not')).toBe(8)
})

test('nothing complete is no condition', () => {
  expect(writeCondition(EMPTY_PARTS)).toEqual({ condition: null, places: new Map(), incomplete: [] })
  const parts = addNode(EMPTY_PARTS, EMPTY_PARTS.include.id, newLeaf('trait', 3))
  expect(writeCondition(parts)).toMatchObject({ condition: null, incomplete: [3] })
})

test('nodes are added, changed, copied, moved and taken away', () => {
  let parts = EMPTY_PARTS
  for (const audience of ['a', 'b', 'c']) parts = addNode(parts, 1, leaf(nextId(parts), audience))
  const [a, b] = parts.include.of.map(({ id }) => id) as [number, number]
  expect(names(moveNode(parts, b, -1))).toEqual(['b', 'a', 'c'])
  expect(names(moveNode(parts, a, -1))).toEqual(['a', 'b', 'c'])
  expect(names(moveNode(parts, a, 1))).toEqual(['b', 'a', 'c'])
  expect(names(removeNode(parts, b))).toEqual(['a', 'c'])
  const copied = duplicateNode(parts, a)
  expect(names(copied)).toEqual(['a', 'a', 'b', 'c'])
  expect(new Set(copied.include.of.map(({ id }) => id)).size).toBe(4)
  expect(
    names(changeNode(parts, a, (node) => ({ ...(node as LeafNode & { kind: 'audience' }), audience: 'z' }))),
  ).toEqual(['z', 'b', 'c'])
})

test('a copied group has ids of its own throughout', () => {
  fc.assert(
    fc.property(arbitraryParts, (parts) => {
      const [first] = parts.include.of
      if (first === undefined) return
      const ids = allIds(duplicateNode(parts, first.id))
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

test('a value stays under another comparison as far as that takes it', () => {
  const equals: ValueTestModel = { op: 'equals', values: ['pro'], ignoresCase: true }
  expect(withOp(equals, 'not_equals')).toEqual({ op: 'not_equals', values: ['pro'], ignoresCase: true })
  expect(withOp(equals, 'in')).toEqual({ op: 'in', values: ['pro'], ignoresCase: true })
  expect(withOp(withOp(equals, 'in'), 'equals').values).toEqual(['pro'])
  expect(withOp(equals, 'gte')).toEqual({ op: 'gte', values: [null], ignoresCase: false })
  expect(withOp(equals, 'exists').values).toEqual([])
  expect(withOp({ op: 'gte', values: [5], ignoresCase: false }, 'between').values).toEqual([5, null])
  expect(withOp(equals, 'within_last').values).toEqual(['30d'])
  for (const op of VALUE_OPS)
    for (const next of VALUE_OPS) expect(() => writeTest(withOp(emptyTest(op), next))).not.toThrow()
})

function leaf(id: number, audience: string): LeafNode {
  return { id, kind: 'audience', audience }
}

function names({ include }: ConditionParts): string[] {
  return include.of.map((each) => (each.kind === 'audience' ? each.audience : each.kind))
}

function hasJson({ include, exclude }: ConditionParts): boolean {
  const inside = (node: ConditionNode): boolean =>
    node.kind === 'group' ? node.of.some(inside) : node.kind === 'json'
  return inside(include) || inside(exclude)
}

function countNots(condition: Json): number {
  const all = (condition as { all?: Json[] }).all ?? []
  return all.filter((part) => Object.hasOwn(part as object, 'not')).length
}

function canonical(condition: Json): string {
  return canonicalText(parseCondition(condition, 'Europe/Paris'))
}

function allIds({ include, exclude }: ConditionParts): number[] {
  const inside = (each: ConditionNode): number[] => {
    if (each.kind === 'group') return [each.id, ...each.of.flatMap(inside)]
    return each.kind === 'event' ? [each.id, ...each.where.map(({ id }) => id)] : [each.id]
  }
  return [...inside(include), ...inside(exclude)]
}

function numbered({ include, exclude }: ConditionParts): ConditionParts {
  let next = 3
  const inside = (each: ConditionNode): ConditionNode => {
    const id = next++
    if (each.kind === 'group') return { ...each, id, of: each.of.map(inside) }
    if (each.kind !== 'event') return { ...each, id }
    return { ...each, id, where: each.where.map((one) => ({ ...one, id: next++ })) }
  }
  return {
    include: { ...include, of: include.of.map(inside) },
    exclude: { ...exclude, of: exclude.of.map(inside) },
  }
}
