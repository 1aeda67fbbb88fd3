import fc from 'fast-check'
import { expect, test } from 'vitest'
import { membershipFacts } from '../audiences/membership-facts.ts'
import { identityFacts } from '../identity/identity-facts.ts'
import type { FactSource } from '../platform/processing/fact-source.ts'
import type { ProcessedEvent } from '../platform/processing/processed-event.ts'
import { traitFacts } from '../profiles/trait-facts.ts'
import { decodeLoadEntry, decodePart, encodeLoadEntry, type LoadMark } from './load-entry.ts'

const SOURCES: readonly FactSource<unknown>[] = [identityFacts, traitFacts, membershipFacts]

const number = fc.maxSafeNat()
const name = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
const marks = fc.array(
  fc.record({
    position: number,
    fragment: number,
    anchor: number,
    flags: fc.integer({ min: 0, max: 255 }),
  }),
)
const parts = fc.record(
  {
    identity: fc.record({
      moves: fc.array(fc.record({ fragment: number, profile: number })),
      links: fc.array(fc.record({ namespace: name, identifier: number, fragment: number })),
    }),
    profiles: fc.record({
      refusedTraits: fc.array(fc.record({ position: number, names: fc.array(name, { minLength: 1 }) })),
    }),
    audiences: fc.record({
      memberships: fc.array(
        fc.record({
          version: number,
          profile: number,
          position: number,
          time: number,
          entered: fc.boolean(),
        }),
      ),
    }),
  },
  { requiredKeys: [] },
)

const processedOf = (all: readonly LoadMark[]) =>
  all.map((mark) => ({ ...mark, event: undefined }) as unknown as ProcessedEvent)

/** A capability that had nothing to say is left out. */
function said(given: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    SOURCES.flatMap((source) => {
      const part = given[source.key] ?? source.nothing
      return JSON.stringify(part) === JSON.stringify(source.nothing) ? [] : [[source.key, part]]
    }),
  )
}

test('what is left for the loader is what the loader reads', () => {
  fc.assert(
    fc.property(marks, parts, (all, given) => {
      const body = encodeLoadEntry({ processed: processedOf(all), parts: given }, SOURCES)
      expect(decodeLoadEntry(body, SOURCES)).toEqual({ marks: all, parts: said(given) })
      const { part } = decodePart(body, membershipFacts)
      expect(part).toEqual(given.audiences ?? membershipFacts.nothing)
    }),
  )
})

test('identifiers of more than 256 namespaces fit into one entry', () => {
  const links = Array.from({ length: 1_000 }, (_, n) => ({
    namespace: `crm_${n}`,
    identifier: n,
    fragment: n,
  }))
  const body = encodeLoadEntry({ processed: [], parts: { identity: { moves: [], links } } }, SOURCES)
  expect(decodePart(body, identityFacts).part.links).toEqual(links)
})

test('an entry of format 1 is read: marks and moves', () => {
  const body = Buffer.alloc(9 + 25 + 16)
  body.writeUInt8(1, 0)
  body.writeUInt32LE(1, 1)
  body.writeUInt32LE(1, 5)
  for (const [index, value] of [7, 8, 9].entries()) body.writeDoubleLE(value, 9 + index * 8)
  body.writeUInt8(1, 33)
  body.writeDoubleLE(3, 34)
  body.writeDoubleLE(4, 42)
  expect(decodeLoadEntry(body, SOURCES)).toEqual({
    marks: [{ position: 7, fragment: 8, anchor: 9, flags: 1 }],
    parts: {
      identity: { moves: [{ fragment: 3, profile: 4 }], links: [] },
      profiles: { refusedTraits: [] },
      audiences: { memberships: [] },
    },
  })
})

test('an entry of format 2 is read: marks, moves, links, memberships, refused traits', () => {
  // as the version before this one wrote it
  const tail = Buffer.from(JSON.stringify({ namespaces: ['email'], refused: [[7, ['plan']]] }))
  const body = Buffer.alloc(21 + 25 + 16 + 20 + 33 + tail.length)
  body.writeUInt8(2, 0)
  for (const [index, count] of [1, 1, 1, 1, tail.length].entries()) body.writeUInt32LE(count, 1 + index * 4)
  let at = 21
  for (const value of [7, 8, 9]) at = body.writeDoubleLE(value, at)
  at = body.writeUInt8(2, at)
  for (const value of [3, 4, 5, 6]) at = body.writeDoubleLE(value, at)
  at = body.writeUInt32LE(0, at)
  for (const value of [10, 11, 12, 13]) at = body.writeDoubleLE(value, at)
  at = body.writeUInt8(1, at)
  tail.copy(body, at)
  expect(decodeLoadEntry(body, SOURCES)).toEqual({
    marks: [{ position: 7, fragment: 8, anchor: 9, flags: 2 }],
    parts: {
      identity: {
        moves: [{ fragment: 3, profile: 4 }],
        links: [{ namespace: 'email', identifier: 5, fragment: 6 }],
      },
      profiles: { refusedTraits: [{ position: 7, names: ['plan'] }] },
      audiences: { memberships: [{ version: 10, profile: 11, position: 12, time: 13, entered: true }] },
    },
  })
  expect(decodePart(body, membershipFacts).part.memberships).toHaveLength(1)
})

test('an entry of a format to come is refused, and one with facts of a capability that is not known', () => {
  expect(() => decodeLoadEntry(Buffer.from([4, 0, 0]), SOURCES)).toThrow('format 4')
  const links = [{ namespace: 'email', identifier: 1, fragment: 2 }]
  const body = encodeLoadEntry({ processed: [], parts: { identity: { moves: [], links } } }, SOURCES)
  expect(() => decodeLoadEntry(body, [traitFacts])).toThrow('"identity"')
})
