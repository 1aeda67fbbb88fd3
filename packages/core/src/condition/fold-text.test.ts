import { expect, test } from 'vitest'
import { foldTableFor, foldText } from './fold-text.ts'

test.each([
  ['PRO', 'pro'],
  ['Élodie', 'elodie'],
  ['e\u0301', 'É'],
  ['ΟΔΟΣ', 'οδός'],
  ['İstanbul', 'istanbul'],
  ['ılık', 'ILIK'],
  ['Ångström', 'Angstrom'],
  ['Œuvre', 'œuvre'],
  ['ǅ', 'ǆ'],
  ['が', 'か'],
  ['\u{10400}', '\u{10428}'],
])('%s is %s without case and accents', (a, b) => {
  expect(foldText(a)).toBe(foldText(b))
})

test.each([
  ['ß', 'ss'],
  ['ﬁ', 'fi'],
  ['ø', 'o'],
  ['pro', 'pros'],
  ['5', '５'],
])('%s is not %s', (a, b) => {
  expect(foldText(a)).not.toBe(foldText(b))
})

test('the table does with every character what foldText does', () => {
  const { marks } = foldTableFor([])
  const gone = new Set(marks)
  const origins = new Map<string, string>()
  for (let code = 1; code < 0x110000; code++) {
    if (code === 0xd800) code = 0xe000
    const character = String.fromCodePoint(code)
    const folded = foldText(character)
    if (foldText(folded) !== folded) expect.fail(`${character} folds twice`)
    if (gone.has(character) !== (folded === '')) expect.fail(`${character} is a mark for one only`)
    if (folded !== '' && folded !== character) origins.set(folded, (origins.get(folded) ?? '') + character)
  }
  for (const [folded, expected] of origins) {
    const { from, to } = foldTableFor([folded])
    expect(from).toBe(expected)
    expect(to).toBe(folded.repeat([...from].length))
  }
  expect(origins.size).toBeGreaterThan(2_000)
})
