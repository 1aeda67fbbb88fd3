import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ByteCache } from './byte-cache.ts'

test('property: what is read is what was last written, or nothing', () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant('set' as const), key: fc.nat(300), size: fc.nat(120) }),
    fc.record({ do: fc.constant('delete' as const), key: fc.nat(300), size: fc.constant(0) }),
    fc.record({ do: fc.constant('get' as const), key: fc.nat(300), size: fc.constant(0) }),
  )
  fc.assert(
    fc.property(fc.array(step, { maxLength: 2_000 }), (steps) => {
      const cache = new ByteCache(4_096)
      const model = new Map<number, Buffer>()
      for (const [index, { do: what, key, size }] of steps.entries()) {
        if (what === 'set') {
          const value = Buffer.alloc(size, index)
          cache.set(key, value)
          model.set(key, value)
        } else if (what === 'delete') {
          cache.delete(key)
          model.delete(key)
        } else {
          const found = cache.get(key)
          if (found !== undefined) expect(Buffer.from(found)).toEqual(model.get(key))
        }
      }
    }),
  )
})

test('keeps what was written last, as much as fits', () => {
  const cache = new ByteCache(100_000)
  for (let key = 0; key < 10_000; key++) cache.set(key, Buffer.alloc(88, key))
  const kept = Array.from({ length: 10_000 }, (_, key) => key).filter((key) => cache.get(key) !== undefined)
  expect(kept.length).toBeGreaterThan(400)
  expect(kept.every((key) => key >= 9_000)).toBe(true)
})

test('what is read again and again outlives what is not', () => {
  const cache = new ByteCache(100_000)
  cache.set(1, Buffer.from('hot'))
  for (let key = 2; key < 50_000; key++) {
    cache.set(key, Buffer.alloc(20))
    cache.get(1)
  }
  expect(cache.get(1)?.toString()).toBe('hot')
})

test('takes large keys, as fragments of many workspaces have', () => {
  const cache = new ByteCache(1_000_000)
  const keys = [0, 1, 65_536, 2 ** 32, 2 ** 32 + 1, 2 ** 52, 2 ** 53 - 1]
  for (const key of keys) cache.set(key, Buffer.from(String(key)))
  for (const key of keys) expect(cache.get(key)?.toString()).toBe(String(key))
})

test('its own size stays flat however many keys come by', () => {
  const cache = new ByteCache(1_000_000)
  for (let key = 0; key < 20_000; key++) cache.set(key, Buffer.alloc(50))
  const early = cache.bytes
  for (let key = 20_000; key < 400_000; key++) cache.set(key, Buffer.alloc(50))
  expect(cache.bytes).toBe(early)
})
