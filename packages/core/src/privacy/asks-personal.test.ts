import type { Json } from '@affluent/protocol/event'
import type { AskKind } from '@affluent/protocol/masking'
import { expect, test } from 'vitest'
import { asksPersonal } from './asks-personal.ts'

test.each<[AskKind, Json, boolean]>([
  ['person', 'prf_b3zq5k2v7n4xa', false],
  ['person', 'crm:17', false],
  ['person', 'email:ada@example.com', true],
  ['person', 'phone:1', true],
  ['person', 'user_id:ada@example.com', true],
  ['search', '', false],
  ['search', 'prf_b3zq5k2v7n4xa', false],
  ['search', 'user_id:ada', false],
  ['search', 'ada', true],
  ['search', '0612', true],
  ['field', 'email', true],
  ['field', 'plan', false],
  ['condition', { trait: 'email', op: 'equals', value: 'x' }, true],
  ['condition', { trait: 'email', op: 'starts_with', value: 'a' }, true],
  ['condition', { trait: 'email', op: 'exists' }, false],
  ['condition', { identifier: 'email', op: 'not_exists' }, false],
  ['condition', { trait: 'plan', op: 'equals', value: 'pro' }, false],
  ['condition', { trait: 'plan', op: 'in', value: ['pro', 'ada@example.com'] }, true],
  [
    'condition',
    {
      not: {
        any: [
          { trait: 'address.city', op: 'exists' },
          { trait: 'phone', op: 'gt', value: 1 },
        ],
      },
    },
    true,
  ],
  ['condition', { event: 'Order', where: [{ property: 'context.ip', op: 'equals', value: 'x' }] }, true],
  [
    'condition',
    { event: 'Order', where: [{ each: 'contacts[]', where: [{ property: 'name', op: 'in', value: [] }] }] },
    true,
  ],
  ['condition', { each: 'products[]', where: [{ property: 'name', op: 'equals', value: 'Tea' }] }, false],
  [
    'condition',
    { event: 'Order', aggregate: { fn: 'last', property: 'email' }, op: 'equals', value: 'x' },
    true,
  ],
  [
    'condition',
    { event: 'Order', aggregate: { fn: 'distinct', property: 'email' }, op: 'gte', value: 2 },
    false,
  ],
  ['condition', { event: 'Order', count: { op: 'gte', value: 2 } }, false],
])('whether a %s such as %j asks for a personal value: %s', (kind, asked, asks) => {
  expect(asksPersonal(kind, asked)).toBe(asks)
})
