import { isBroken } from '@affluent/protocol/broken-text'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeUtf8 } from '../testing/utf8.ts'
import { hasForbiddenCharacters, isForbiddenKey, isLongerThan, quote, repairText } from './text.ts'

/** Any sequence of UTF-16 units, half pairs and NUL included. */
const anyText = fc
  .array(
    fc.oneof(
      fc.integer({ min: 0, max: 0xffff }),
      fc.constantFrom(0, 0x61, 0xd83d, 0xde00, 0x80, 0x7ff, 0x800, 0xfffd),
    ),
  )
  .map((units) => String.fromCharCode(...units))

test('longer than a bound means more bytes than it', () => {
  fc.assert(
    fc.property(anyText, fc.nat(40), (text, max) => {
      expect(isLongerThan(text, max)).toBe(encodeUtf8(text).length > max)
    }),
  )
})

test('repaired text is what any store can hold, and whole text stays as it is', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const repaired = repairText(text)
      expect(isBroken(repaired)).toBe(false)
      expect(repaired.length).toBe(text.length)
      if (!isBroken(text)) expect(repaired).toBe(text)
    }),
  )
})

test('a broken identifier is still no identifier after its repair', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      if (isBroken(text)) expect(hasForbiddenCharacters(repairText(text))).toBe(true)
    }),
  )
})

test.each(['a\u0000b', 'a\nb', 'a\u001fb', 'a\u007fb', '\ud800', '\udc00a', 'a\ufffdb'])(
  '%j cannot be an identifier',
  (text) => expect(hasForbiddenCharacters(text)).toBe(true),
)
test.each(['', 'a b', 'é', '😀', 'раypal@x.fr', '\u200b', '\u0085'])('%j can', (text) =>
  expect(hasForbiddenCharacters(text)).toBe(false),
)

test('a key is refused exactly when JSON must write it with an escape that stands for no letter', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const escaped = /\\(u|[bfnrt])/.test(JSON.stringify(text).replaceAll('\\\\', ''))
      expect(isForbiddenKey(text)).toBe(escaped)
    }),
  )
})

test('a quotation is short, on one line and whole', () => {
  fc.assert(
    fc.property(anyText, fc.integer({ min: 1, max: 50 }), (text, max) => {
      const quoted = quote(text, max)
      expect(quoted.length).toBeLessThanOrEqual(max)
      expect(quoted).not.toMatch(/[\n\r\u0000]/)
      expect(quoted.isWellFormed()).toBe(true)
    }),
  )
})
