import { isPath, valuesAt } from '@affluent/core/condition/value-path'
import type { Json } from '@affluent/protocol/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { payloadPaths } from './payload-paths.ts'

test('paths lead to what is in the payload', () => {
  const payload: Json = {
    event: 'Order Completed',
    properties: { 'a.b': 1, products: [{ sku: 'x' }, { sku: 'y', price: 2 }] },
    context: {},
  }
  const paths = payloadPaths(payload)
  expect(paths).toEqual([
    ...['event', 'properties', 'properties.a\\.b', 'properties.products'],
    ...['properties.products[].sku', 'properties.products[].price', 'context'],
  ])
  expect(valuesAt(payload, 'properties.a\\.b')).toEqual([1])
  expect(valuesAt(payload, 'properties.products[].sku')).toEqual(['x', 'y'])
})

test('whatever the names are, each path is one, and there are not too many', () => {
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.string({ minLength: 1 }).filter((key) => !key.endsWith('[]')),
        fc.jsonValue(),
      ),
      (payload) => {
        const paths = payloadPaths(payload as Json)
        expect(paths.length).toBeLessThanOrEqual(200)
        for (const key of Object.keys(payload).slice(0, 5)) {
          const [path] = payloadPaths({ [key]: 1 })
          expect(isPath(path ?? '')).toBe(true)
          expect(valuesAt({ [key]: 1 }, path ?? '')).toEqual([1])
        }
      },
    ),
  )
})
