import { expect, test } from 'vitest'
import { formatsOf } from './formats.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const french = formatsOf('fr', 'Europe/Paris')
const english = formatsOf('en', 'Europe/Paris')
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

test('numbers are written as the language does', () => {
  expect(plain(french.number(1_234_567.5))).toBe('1 234 567,5')
  expect(english.number(1_234_567.5)).toBe('1,234,567.5')
})

test('only what is large is shortened', () => {
  expect(plain(french.compact(9_999))).toBe('9 999')
  expect(plain(french.compact(12_400))).toBe('12,4 k')
  expect(english.compact(12_400)).toBe('12.4k')
})

test('an instant is shown in its zone', () => {
  expect(french.time(NOW)).toBe('13:00:00')
  expect(formatsOf('fr', 'America/Montreal').time(NOW)).toBe('07:00:00')
})

test.each([
  [0, 'maintenant'],
  [-59_000, 'il y a 59 secondes'],
  [-61_000, 'il y a 1 minute'],
  [-7_200_000, 'il y a 2 heures'],
  [-86_400_000, 'hier'],
  [3_600_000, 'dans 1 heure'],
])('%d ms from now is said as "%s"', (ms, words) => {
  expect(plain(french.relative(NOW + ms, NOW))).toBe(words)
})

test.each([
  [12, '12 ms'],
  [4_200, '4,2 s'],
  [893_000, '15 min'],
  [7_200_000, '2 h'],
])('%d ms last "%s"', (ms, words) => {
  expect(plain(french.duration(ms))).toBe(words)
})

test('sizes have units', () => {
  expect(plain(french.size(1_400))).toBe('1,4 ko')
  expect(english.size(512)).toBe('512 bytes')
})
