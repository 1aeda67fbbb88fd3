import type { JsonObject } from '@affluent/protocol/event'
import { expect, test } from 'vitest'
import { cutAddress, cutOwnAddress, hasOwnAddress } from './network-address.ts'

test.each([
  ['203.0.113.77', '203.0.113.0'],
  [' 203.0.113.77 ', '203.0.113.0'],
  ['203.0.113.77:51234', '203.0.113.0'],
  ['::ffff:203.0.113.77', '203.0.113.0'],
  ['2001:db8:85a3:8d3:1319:8a2e:370:7348', '2001:db8:85a3::'],
  ['[2001:db8:85a3:8d3::1]:443', '2001:db8:85a3::'],
  ['2001:db8::1', '::'],
  ['fe80::1%eth0', '::'],
  ['::1', '::'],
  ['::', '::'],
  ['unknown', ''],
  ['', ''],
])('%s is cut to "%s", and no further', (address, cut) => {
  expect(cutAddress(address)).toBe(cut)
  expect(cutAddress(cut)).toBe(cut)
})

test.each<[JsonObject, JsonObject]>([
  [
    { ip: '203.0.113.77', a: 1 },
    { ip: '203.0.113.0', a: 1 },
  ],
  [{ ip: '203.0.113.77, 198.51.100.9' }, { ip: '203.0.113.0, 198.51.100.0' }],
  [{ ip: 'somewhere' }, { ip: '' }],
  [{ ip: ['203.0.113.77'] }, { ip: null }],
])('the context %j becomes %j', (context, cut) => {
  const json = { context, properties: { ip: '203.0.113.77' } }
  expect(hasOwnAddress(json)).toBe(true)
  expect(cutOwnAddress(json)).toBe(true)
  expect(json).toEqual({ context: cut, properties: { ip: '203.0.113.77' } })
  expect(cutOwnAddress(json)).toBe(false)
})

test('an event without an address stays as it is', () => {
  for (const context of [undefined, null, [], 'x', {}, { ip: null }]) {
    const json = (context === undefined ? {} : { context }) as JsonObject
    expect(cutOwnAddress(json)).toBe(false)
    expect(hasOwnAddress(json)).toBe(false)
  }
})
