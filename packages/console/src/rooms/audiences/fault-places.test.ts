import { expect, test } from 'vitest'
import { placeOf } from './fault-places.ts'

const PLACES = new Map([
  ['condition', 1],
  ['condition.all[1]', 4],
  ['condition.all[10]', 5],
  ['condition.all[2].not', 6],
  ['condition.all[2].not.any[0]', 7],
])

test.each([
  ['condition.all[1].where[0].op', 4],
  ['condition.all[10].value', 5],
  ['condition.all[2].not.any[0]', 7],
  ['condition.all[2].not.within', 6],
  ['condition', 1],
  ['condition.all[7].op', 1],
  ['key', undefined],
  [undefined, undefined],
])('%s is about node %s', (path, node) => {
  expect(placeOf(path, PLACES)?.node).toBe(node)
})
