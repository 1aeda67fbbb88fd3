import { expect, test } from 'vitest'
import { sortedRows } from './table-head.tsx'

interface Row {
  readonly name: string
  readonly size: number | null
}

const columns = [
  { key: 'name', head: 'Name', cell: () => null, sortBy: ({ name }: Row) => name },
  { key: 'size', head: 'Size', cell: () => null, sortBy: ({ size }: Row) => size },
]
const rows: readonly Row[] = [
  { name: 'éclair', size: 10 },
  { name: 'Zoo', size: null },
  { name: 'dune', size: 9 },
]
const names = (key: string, isDescending: boolean) =>
  sortedRows(rows, columns, { key, isDescending }).map(({ name }) => name)

test('words stand in the order of people, numbers in that of numbers', () => {
  expect(names('name', false)).toEqual(['dune', 'éclair', 'Zoo'])
  expect(names('size', false)).toEqual(['dune', 'éclair', 'Zoo'])
})

test('a row without a value stands last in either direction', () => {
  expect(names('size', true)).toEqual(['éclair', 'dune', 'Zoo'])
})

test('without a sort the rows stay as they came', () => {
  expect(sortedRows(rows, columns, undefined)).toBe(rows)
})
