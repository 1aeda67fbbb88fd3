import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { QUERIES_AT_ONCE, QUERIES_WAITING, READS_AT_ONCE, WAIT_MS } from './engine-bounds.ts'
import { QueryGate } from './query-gate.ts'

const never = new AbortController().signal
let gate: QueryGate

beforeEach(() => {
  vi.useFakeTimers()
  gate = new QueryGate()
})

afterEach(() => {
  vi.useRealTimers()
})

/** Asks for many slots at once; `entered` grows as they are given. */
function ask(kind: 'insert' | 'other', times: number): { entered: (() => void)[]; all: Promise<unknown>[] } {
  const entered: (() => void)[] = []
  const all = Array.from({ length: times }, () =>
    gate.enter(kind, '', never).then(
      (leave) => entered.push(leave),
      (error: unknown) => error,
    ),
  )
  return { entered, all }
}

test('keeps a slot for inserts', async () => {
  const others = ask('other', QUERIES_AT_ONCE)
  const inserts = ask('insert', 2)
  await vi.advanceTimersByTimeAsync(0)
  expect([others.entered.length, inserts.entered.length]).toEqual([
    READS_AT_ONCE,
    QUERIES_AT_ONCE - READS_AT_ONCE,
  ])
})

test('a freed slot goes to the oldest that may have it', async () => {
  const others = ask('other', READS_AT_ONCE + 1)
  const inserts = ask('insert', 2)
  await vi.advanceTimersByTimeAsync(0)
  inserts.entered[0]?.()
  await vi.advanceTimersByTimeAsync(0)
  expect([others.entered.length, inserts.entered.length]).toEqual([READS_AT_ONCE, 2])
  others.entered[0]?.()
  await vi.advanceTimersByTimeAsync(0)
  expect(others.entered.length).toBe(READS_AT_ONCE + 1)
})

test('refuses one more than may wait, and who waited too long', async () => {
  const others = ask('other', READS_AT_ONCE + QUERIES_WAITING + 1)
  await expect(others.all.at(-1)).resolves.toMatchObject({ code: 202, status: 503 })
  await vi.advanceTimersByTimeAsync(WAIT_MS - 1)
  expect(others.entered.length).toBe(READS_AT_ONCE)
  await vi.advanceTimersByTimeAsync(1)
  await expect(others.all[READS_AT_ONCE]).resolves.toMatchObject({ code: 202 })
  others.entered[0]?.()
  await expect(gate.enter('other', '', never)).resolves.toBeTypeOf('function')
})

test('who goes while waiting gives the place free', async () => {
  ask('other', READS_AT_ONCE)
  const gone = new AbortController()
  const waiting = gate.enter('other', '', gone.signal)
  gone.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
  const full = ask('other', QUERIES_WAITING)
  await vi.advanceTimersByTimeAsync(WAIT_MS)
  expect(full.entered).toEqual([])
})

test('the last slot for reading is only for an owner that holds none, also past those who wait', async () => {
  const entered: string[] = []
  const enter = (owner: string) => gate.enter('other', owner, never).then(() => entered.push(owner))
  const asked = Array.from({ length: READS_AT_ONCE + 2 }, () => enter('greedy'))
  await vi.advanceTimersByTimeAsync(0)
  expect(entered).toHaveLength(READS_AT_ONCE - 1)
  asked.push(enter('other'))
  await vi.advanceTimersByTimeAsync(0)
  expect(entered.at(-1)).toBe('other')
  void Promise.allSettled(asked)
})
