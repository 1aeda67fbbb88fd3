import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RowWriter } from './row-writer.ts'

const text = fc.oneof(
  fc.string({ maxLength: 70 }),
  fc.string({ maxLength: 200, unit: 'grapheme' }),
  fc.integer({ min: 0, max: 300_000 }).map((length) => 'x'.repeat(length)),
  fc.integer({ min: 55, max: 70 }).map((length) => `${'x'.repeat(length)}é`),
)

test('texts of any length and script are written with the length of their UTF-8 before them', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(text, text.map(Buffer.from)), { maxLength: 20 }), (values) => {
      const writer = new RowWriter()
      for (const value of values) writer.text(value)
      let rest = writer.finish()
      for (const value of values) {
        let length = 0
        for (let shift = 0; ; shift += 7) {
          const byte = rest[0] as number
          rest = rest.subarray(1)
          length += (byte & 0x7f) << shift
          if (byte < 0x80) break
        }
        expect(rest.subarray(0, length).equals(Buffer.from(value as string))).toBe(true)
        rest = rest.subarray(length)
      }
      expect(rest).toHaveLength(0)
    }),
    { numRuns: 50 },
  )
})
