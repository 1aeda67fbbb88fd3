import { expect, test } from 'vitest'
import { type WhyNode, whyTree } from './why-tree.ts'

const order = { event: 'Order Completed', count: { op: 'gte', value: 1 } }
const plan = { trait: 'plan', op: 'equals', value: 'pro' }
const answers = (...leaves: [object, boolean][]) => ({
  leaves: leaves.map(([leaf, holds]) => ({ leaf, holds, cold: false, because: {} })),
})
const nobody = () => false

test('keeps how the condition is built, with the answer at every place', () => {
  const condition = { all: [{ event: 'Order Completed' }, { not: { any: [plan, { audience: 'staff' }] } }] }
  const why = answers([{ population: 'known' }, true], [order, true], [plan, true])
  expect(shape(whyTree(condition, why, nobody, 'UTC'))).toEqual([
    'all false',
    ['leaf true', 'leaf true', ['not false', [['any true', ['leaf false', 'leaf true']]]]].map(
      (part) => part,
    ),
  ])
})

test('another audience is answered by the memberships', () => {
  const tree = whyTree({ audience: 'vip' }, answers(), (key) => key === 'vip', 'UTC')
  expect(tree).toMatchObject({ kind: 'leaf', holds: true, leaf: { audience: 'vip' } })
})

test('a condition that is read otherwise here is told leaf by leaf', () => {
  const why = answers([order, true], [plan, false])
  const tree = whyTree({ all: [{ event: 'Another' }] }, why, nobody, 'UTC')
  expect(shape(tree)).toEqual(['all false', ['leaf true', 'leaf false']])
  expect(shape(whyTree({ unheard: 'of' }, why, nobody, 'UTC'))).toEqual([
    'all false',
    ['leaf true', 'leaf false'],
  ])
})

type Shape = string | [string, Shape[]]

function shape(node: WhyNode): Shape {
  const said = `${node.kind} ${node.holds}`
  return node.kind === 'leaf' ? said : [said, node.of.map(shape)]
}
