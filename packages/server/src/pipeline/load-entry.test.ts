import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ProcessedEvent } from './decide-batch.ts'
import { commandToLoad, decodeLoadEntry, encodeLoadEntry } from './load-entry.ts'

const number = fc.maxSafeNat()
const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
const entry = fc.record({
  marks: fc.array(
    fc.record({
      position: number,
      fragment: number,
      anchor: number,
      flags: fc.integer({ min: 0, max: 255 }),
    }),
  ),
  moves: fc.array(fc.record({ fragment: number, profile: number })),
  links: fc.array(fc.record({ namespace: name, identifier: number, fragment: number })),
  refusedTraits: fc.array(fc.record({ position: number, names: fc.array(name, { minLength: 1 }) })),
  memberships: fc.array(
    fc.record({
      version: number,
      profile: number,
      position: number,
      time: number,
      entered: fc.boolean(),
    }),
  ),
})

test('what the walk leaves at the door is what the loader reads there', () => {
  fc.assert(
    fc.property(entry, ({ marks, ...rest }) => {
      const processed = marks.map((mark) => ({ ...mark, event: undefined }) as unknown as ProcessedEvent)
      expect(decodeLoadEntry(encodeLoadEntry({ processed, ...rest }))).toEqual({ marks, ...rest })
    }),
  )
})

test('identifiers of more than 256 namespaces fit into one entry', () => {
  const links = Array.from({ length: 1_000 }, (_, n) => ({
    namespace: `crm_${n}`,
    identifier: n,
    fragment: n,
  }))
  expect(decodeLoadEntry(encodeLoadEntry(commandToLoad(1, { links }))).links).toEqual(links)
})

test('an entry of the format before is read: marks and moves', () => {
  const body = Buffer.alloc(9 + 25 + 16)
  body.writeUInt8(1, 0)
  body.writeUInt32LE(1, 1)
  body.writeUInt32LE(1, 5)
  for (const [index, value] of [7, 8, 9].entries()) body.writeDoubleLE(value, 9 + index * 8)
  body.writeUInt8(1, 33)
  body.writeDoubleLE(3, 34)
  body.writeDoubleLE(4, 42)
  expect(decodeLoadEntry(body)).toEqual({
    marks: [{ position: 7, fragment: 8, anchor: 9, flags: 1 }],
    moves: [{ fragment: 3, profile: 4 }],
    links: [],
    refusedTraits: [],
    memberships: [],
  })
})

test('an entry of a format to come is refused', () => {
  expect(() => decodeLoadEntry(Buffer.from([3, 0, 0]))).toThrow('format 3')
})
