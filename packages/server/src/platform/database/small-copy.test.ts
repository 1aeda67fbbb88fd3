import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Cell, copyRow } from './copy-row.ts'
import { asInsert } from './small-copy.ts'
import { copyStatement } from './statement.ts'

const cell: fc.Arbitrary<Cell> = fc.oneof(
  fc.constant(null),
  fc.integer(),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '\\', '\\N', 'a\tb', 'a\nb', '\\n', '\r\n', 'null', 'é\u2028'),
)

function copyOf(rows: readonly (readonly Cell[])[]) {
  const [copy] = copyStatement('identifier (a, b, c)', rows.map(copyRow).join(''))
  if (copy?.kind !== 'copy') throw new Error('No COPY.')
  return copy
}

test('a few rows of a COPY are the same values of an insert', () => {
  const row = fc.tuple(cell, cell, cell)
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 16 }), (rows) => {
      const insert = asInsert(copyOf(rows))
      expect(insert?.values).toEqual(
        rows.flat().map((each) => (each === null ? null : String(each).replaceAll('\u0000', ''))),
      )
    }),
  )
})

test('names the statement by its table and number of rows, but for the part of a day', () => {
  expect(
    asInsert(
      copyOf([
        [1, 'x', null],
        [2, 'y', 'z'],
      ]),
    ),
  ).toEqual({
    kind: 'query',
    name: 'insert 2 identifier',
    text: 'insert into identifier (a, b, c) values ($1,$2,$3),($4,$5,$6)',
    values: ['1', 'x', null, '2', 'y', 'z'],
  })
  const [daily] = copyStatement('message_id_2026_12_01 (day, id)', '2026-12-01\t1\n')
  expect(daily?.kind === 'copy' && asInsert(daily)?.name).toBeUndefined()
})

test('many rows stay a COPY', () => {
  expect(asInsert(copyOf(Array.from({ length: 16 }, (_, id) => [id, id, id])))).toBeDefined()
  expect(asInsert(copyOf(Array.from({ length: 17 }, (_, id) => [id, id, id])))).toBeUndefined()
})
