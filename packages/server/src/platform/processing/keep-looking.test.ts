import { expect, test, vi } from 'vitest'
import { keepLooking } from './keep-looking.ts'

/** Answers each look in turn, and stops with the last one. */
function answering(...answers: readonly (boolean | Error)[]) {
  const stop = new AbortController()
  const looks: number[] = []
  const look = async () => {
    looks.push(performance.now())
    const answer = answers[looks.length - 1]
    if (looks.length === answers.length) stop.abort()
    if (answer instanceof Error) throw answer
    return answer === true
  }
  /** milliseconds between each look and the next */
  const gaps = () => looks.slice(1).map((at, index) => at - (looks[index] as number))
  return { signal: stop.signal, look, gaps }
}

test('what is to be done is done at once, part after part; when there is nothing, the next look waits', async () => {
  const { signal, look, gaps } = answering(true, true, false, true)
  await keepLooking(look, { signal, everyMs: 60, onFault: () => {} })
  const [first, second, third] = gaps() as [number, number, number]
  expect(Math.max(first, second)).toBeLessThan(third)
  expect(third).toBeGreaterThan(50)
})

test('a fault is told and ends one look; after it the next one waits for its own while', async () => {
  const fault = new Error('lost')
  const told = vi.fn()
  const { signal, look, gaps } = answering(fault, false, true)
  await keepLooking(look, { signal, everyMs: 1, retryMs: 60, onFault: told })
  expect(told.mock.calls).toEqual([[fault]])
  expect(gaps()[0]).toBeGreaterThan(50)
})

test('a fault of being stopped is not told, and a stop ends the wait', async () => {
  const told = vi.fn()
  const { signal, look } = answering(new Error('aborted'))
  await keepLooking(look, { signal, everyMs: 60_000, onFault: told })
  expect(told).not.toHaveBeenCalled()
  const waiting = new AbortController()
  const ended = keepLooking(async () => false, { signal: waiting.signal, everyMs: 60_000, onFault: told })
  setTimeout(() => waiting.abort(), 20)
  await ended
})
