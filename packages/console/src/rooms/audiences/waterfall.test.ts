import { expect, test } from 'vitest'
import { type ConditionNode, type ConditionParts, EMPTY_PARTS } from './condition-model.ts'
import { newLeaf } from './leaves/leaf-forms.ts'
import { WATERFALL_STEPS_MAX, waterfallSteps } from './waterfall.ts'
import { writeCondition } from './write-condition.ts'

const leaf = (id: number, audience = `a${id}`): ConditionNode => ({ id, kind: 'audience', audience })
const partsOf = (
  include: readonly ConditionNode[],
  exclude: readonly ConditionNode[] = [],
  joins: 'all' | 'any' = 'all',
): ConditionParts => ({
  include: { ...EMPTY_PARTS.include, joins, of: include },
  exclude: { ...EMPTY_PARTS.exclude, of: exclude },
})
const leaves = (count: number) => Array.from({ length: count }, (_, index) => leaf(index + 10))

test('conditions are added one after the other, and the last step is the audience', () => {
  const parts = partsOf([leaf(3), leaf(4)], [leaf(5), leaf(6)])
  const steps = waterfallSteps(parts)
  expect(steps.map(({ kind }) => kind)).toEqual(['everyone', 'and', 'and', 'except'])
  expect(steps[1]).toMatchObject({ added: { audience: 'a3' }, condition: { audience: 'a3' } })
  expect(steps[2]?.condition).toEqual({ all: [{ audience: 'a3' }, { audience: 'a4' }] })
  expect(steps[3]?.added).toEqual({ any: [{ audience: 'a5' }, { audience: 'a6' }] })
  expect(steps.at(-1)?.condition).toEqual(writeCondition(parts).condition)
})

test('where one is enough, the count grows from the first one', () => {
  const steps = waterfallSteps(partsOf([leaf(3), leaf(4)], [], 'any'))
  expect(steps.map(({ kind }) => kind)).toEqual(['or', 'or'])
  expect(steps[0]?.condition).toEqual({ audience: 'a3' })
  expect(steps[1]?.condition).toEqual({ any: [{ audience: 'a3' }, { audience: 'a4' }] })
})

test('there are never more steps than the bound, and none is left out', () => {
  for (const joins of ['all', 'any'] as const)
    for (const exclude of [[], [leaf(3)]])
      for (let count = 1; count <= 20; count++) {
        const parts = partsOf(leaves(count), exclude, joins)
        const steps = waterfallSteps(parts)
        expect(steps.length).toBeLessThanOrEqual(WATERFALL_STEPS_MAX)
        expect(steps.at(-1)?.condition).toEqual(writeCondition(parts).condition)
        const added = steps.filter(({ kind }) => kind === 'and' || kind === 'or')
        expect(added.reduce((sum, step) => sum + step.count, 0)).toBe(count)
      }
})

test('incomplete conditions are passed over; nothing at all is everyone', () => {
  expect(waterfallSteps(partsOf([newLeaf('trait', 3), leaf(4)])).map(({ kind }) => kind)).toEqual([
    'everyone',
    'and',
  ])
  expect(waterfallSteps(EMPTY_PARTS).map(({ kind }) => kind)).toEqual(['everyone'])
  expect(waterfallSteps(partsOf([], [leaf(3)])).at(-1)?.condition).toEqual({ not: { audience: 'a3' } })
})
