import { describe, expect, test } from 'vitest'
import { checkSet, type SetRead, setFaults } from './check-set.ts'

const everything = (startedAt: number, ...elements: string[]): SetRead => ({
  startedAt,
  covers: undefined,
  counts: countOf(elements),
})
const history = (attempted: string[], acknowledged: Record<string, number>, ...reads: SetRead[]) => ({
  attempted: new Set(attempted),
  acknowledged: new Map(Object.entries(acknowledged)),
  reads,
})

describe('what became of an element', () => {
  test('acknowledged and there is stable', () => {
    const verdict = checkSet(history(['a', 'b'], { a: 1, b: 2 }, everything(9, 'a', 'b')))
    expect(verdict).toEqual({ stable: 2, lost: [], neverRead: 0, doubled: [], phantom: [], late: 0 })
    expect(setFaults(verdict)).toEqual([])
  })

  test('acknowledged and not there is lost', () => {
    const verdict = checkSet(history(['a', 'b'], { a: 1, b: 2 }, everything(9, 'b')))
    expect(verdict.lost).toEqual(['a'])
    expect(setFaults(verdict)).toEqual(['1 acknowledged events lost (a)'])
  })

  test('tried only may be there or not', () => {
    expect(checkSet(history(['a'], {}, everything(9)))).toMatchObject({ lost: [], neverRead: 1 })
    expect(checkSet(history(['a'], {}, everything(9, 'a')))).toMatchObject({ stable: 1, neverRead: 0 })
  })

  test('seen once and gone later is lost, though nobody acknowledged it', () => {
    const verdict = checkSet(history(['a'], {}, everything(3, 'a'), everything(9)))
    expect(verdict.lost).toEqual(['a'])
  })

  test('shown twice by any read is doubled', () => {
    const verdict = checkSet(history(['a'], { a: 1 }, everything(3, 'a', 'a'), everything(9, 'a')))
    expect(verdict.doubled).toEqual(['a'])
    expect(setFaults(verdict)).toEqual(['1 events counted twice (a)'])
  })

  test('what nobody sent is a phantom', () => {
    expect(checkSet(history([], {}, everything(9, 'x'))).phantom).toEqual(['x'])
  })

  test('a read before the acknowledgement says nothing; after it, absent is late', () => {
    const early = checkSet(history(['a'], { a: 5 }, everything(3), everything(9, 'a')))
    const late = checkSet(history(['a'], { a: 5 }, everything(7), everything(9, 'a')))
    expect(early.late).toBe(0)
    expect(late).toMatchObject({ late: 1, lost: [] })
  })

  test('a read of some does not speak of the others', () => {
    const some: SetRead = { startedAt: 7, covers: new Set(['b']), counts: new Map() }
    expect(checkSet(history(['a', 'b'], { a: 1, b: 1 }, some, everything(9, 'a', 'b'))).late).toBe(1)
  })

  test('a history that does not end with a read of everything is refused', () => {
    const some: SetRead = { startedAt: 7, covers: new Set(), counts: new Map() }
    expect(() => checkSet(history([], {}, some))).toThrow('does not end')
    expect(() => checkSet(history([], {}))).toThrow('does not end')
  })
})

function countOf(elements: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>()
  for (const element of elements) counts.set(element, (counts.get(element) ?? 0) + 1)
  return counts
}
