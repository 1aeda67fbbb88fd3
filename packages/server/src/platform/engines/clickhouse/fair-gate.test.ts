import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { FairGate, GateFull } from './fair-gate.ts'

const BOUNDS = { atOnce: 3, waiting: 4, waitMs: 1_000 }
const GREEDY = 1
let gate: FairGate

beforeEach(() => {
  vi.useFakeTimers()
  gate = new FairGate(BOUNDS)
})

afterEach(() => {
  vi.useRealTimers()
})

/** Asks for slots of one workspace; what was given is noted in `entered`, in order, with how to give it back. */
function ask(
  workspace: number,
  times: number,
  signal?: AbortSignal,
): { readonly answers: readonly Promise<unknown>[] } {
  const answers = Array.from({ length: times }, () =>
    gate.enter(workspace, signal).then(
      (leave) => {
        entered.push({ workspace, leave })
        return undefined
      },
      (error: unknown) => error,
    ),
  )
  return { answers }
}
let entered: { workspace: number; leave: () => void }[] = []
beforeEach(() => {
  entered = []
})

const settle = () => vi.advanceTimersByTimeAsync(0)

test('one workspace holds all slots but the last, which another finds free', async () => {
  ask(GREEDY, 5)
  await settle()
  expect(entered.map(({ workspace }) => workspace)).toEqual([GREEDY, GREEDY])
  ask(2, 1)
  await settle()
  expect(entered.map(({ workspace }) => workspace)).toEqual([GREEDY, GREEDY, 2])
})

test('a slot that comes free goes to the workspace that holds the fewest, and to equals in turn', async () => {
  ask(GREEDY, 6)
  ask(2, 2)
  ask(3, 2)
  await settle()
  expect(entered.map(({ workspace }) => workspace)).toEqual([GREEDY, GREEDY, 2])
  for (let at = 0; at < 7; at++) {
    entered[at]?.leave()
    await settle()
  }
  expect(entered.map(({ workspace }) => workspace).slice(3)).toEqual([3, GREEDY, 2, 3, GREEDY, GREEDY])
})

test('one more than may wait is refused, and so is who has waited too long; another workspace is not', async () => {
  const asked = ask(GREEDY, 2 + BOUNDS.waiting + 1)
  await expect(asked.answers.at(-1)).resolves.toBeInstanceOf(GateFull)
  await expect(gate.enter(2)).resolves.toBeTypeOf('function')
  await vi.advanceTimersByTimeAsync(BOUNDS.waitMs - 1)
  expect(entered).toHaveLength(2)
  await vi.advanceTimersByTimeAsync(1)
  await expect(asked.answers[2]).resolves.toBeInstanceOf(GateFull)
})

test('who goes while waiting leaves the queue', async () => {
  ask(GREEDY, 2)
  const gone = new AbortController()
  const waiting = ask(GREEDY, BOUNDS.waiting, gone.signal)
  gone.abort(new Error('gone'))
  await expect(waiting.answers[0]).resolves.toMatchObject({ message: 'gone' })
  const next = ask(GREEDY, 1)
  await settle()
  entered[0]?.leave()
  await expect(next.answers[0]).resolves.toBeUndefined()
  await expect(gate.enter(GREEDY, gone.signal)).rejects.toThrow('gone')
})

test('whatever workspaces do, slots are never given twice, none stays free while somebody may have it, and nobody holds all', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('ask' as const), workspace: fc.integer({ min: 1, max: 4 }) }),
    fc.record({ kind: fc.constant('leave' as const), which: fc.nat(20) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
      gate = new FairGate({ atOnce: 3, waiting: 100, waitMs: 1_000_000 })
      entered = []
      const waiting = new Map<number, number>()
      for (const each of steps) {
        const before = entered.length
        if (each.kind === 'ask') {
          waiting.set(each.workspace, (waiting.get(each.workspace) ?? 0) + 1)
          ask(each.workspace, 1)
        } else {
          const [left] = entered.splice(each.which % Math.max(1, entered.length), 1)
          left?.leave()
        }
        await settle()
        for (const { workspace } of entered.slice(each.kind === 'ask' ? before : Math.max(0, before - 1)))
          waiting.set(workspace, (waiting.get(workspace) ?? 0) - 1)
        const held = (workspace: number) => entered.filter((slot) => slot.workspace === workspace).length
        expect(entered.length).toBeLessThanOrEqual(3)
        for (const [workspace, count] of waiting) {
          expect(held(workspace)).toBeLessThan(3)
          if (count > 0) expect(entered.length).toBeGreaterThanOrEqual(held(workspace) === 0 ? 3 : 2)
        }
      }
    }),
  )
})
