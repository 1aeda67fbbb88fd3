import { expect, test } from 'vitest'
import { readShopOptions } from './shop-options.ts'

test('a demo file alone means the usual shop, which lives on', () => {
  expect(readShopOptions(['/data/demo.json'])).toEqual({
    ...{ seed: 1, people: 2_000, days: 90, endAt: undefined, speed: 1 },
    task: { kind: 'demo', file: '/data/demo.json' },
  })
})

test('a shop for a benchmark ends after its history', () => {
  const args = ['--url', 'http://127.0.0.1:1', '--key', 'k', '--people', '10', '--days', '3', '--seed', '4']
  expect(readShopOptions([...args, '--end', '2026-11-21T10:00:00Z'])).toEqual({
    ...{ seed: 4, people: 10, days: 3, endAt: Date.UTC(2026, 10, 21, 10), speed: 0 },
    task: { kind: 'send', url: 'http://127.0.0.1:1', key: 'k' },
  })
})

test.each([
  [[], /Name one of/],
  [['a.json', '--out', 'b'], /Name one of/],
  [['--truth', 'b'], /Name one of/],
  [['a.json', '--truth', 'b'], /beside --out/],
  [['--url', 'nowhere', '--key', 'k'], /takes an address/],
  [['--url', 'http://a'], /needs --key/],
  [['a.json', '--people', '0'], /--people takes a whole number from 1/],
  [['a.json', '--people', '10000001'], /to 10000000/],
  [['a.json', '--days', '1001'], /to 1000/],
  [['a.json', '--speed', 'fast'], /--speed takes/],
  [['a.json', '--end', 'soon'], /--end takes a date/],
] as const)('what cannot be read is named: %j', (args, message) => {
  expect(() => readShopOptions(args)).toThrow(message)
})
