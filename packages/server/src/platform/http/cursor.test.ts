import { expect, test } from 'vitest'
import { readCursor, signCursor } from './cursor.ts'

test('a cursor leads back to its place', () => {
  expect(readCursor('s', 'events', signCursor('s', 'events', [1, 2.5]))).toEqual([1, 2.5])
  expect(readCursor('s', 'events', undefined)).toBeUndefined()
})

test('a changed cursor, one of another list or of another workspace is refused', () => {
  const cursor = signCursor('s', 'events', [12345, 678])
  for (let at = 0; at < cursor.length; at++) {
    const other = cursor[at] === 'A' ? 'B' : 'A'
    expect(() => readCursor('s', 'events', cursor.slice(0, at) + other + cursor.slice(at + 1))).toThrow(
      'not valid',
    )
  }
  expect(() => readCursor('s', 'outcomes', cursor)).toThrow('not valid')
  expect(() => readCursor('other', 'events', cursor)).toThrow('not valid')
  expect(() => readCursor('s', 'events', '')).toThrow('not valid')
})
