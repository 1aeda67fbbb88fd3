import { expect, test } from 'vitest'
import { ThreadShare } from './thread-share.ts'

/** A thread share with clocks of its own, and requests that each hold the thread for 2 ms. */
function share() {
  let lag = 0
  let idle = 0
  const thread = new ThreadShare(
    () => lag,
    () => idle,
  )
  let taken = 0
  const request = async (workspace: number | undefined = 1) => {
    const hasEntered = await thread.enter(workspace)
    taken++
    if (hasEntered) thread.leave(2)
  }
  return {
    thread,
    request,
    setLag: (ms: number) => {
      lag = ms
    },
    beIdle: (ms: number) => {
      idle += ms
    },
    taken: () => taken,
  }
}

/** Lets everything go on that can. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20))

test('as long as the processor keeps up nobody waits', () => {
  const { thread } = share()
  thread.setBehind(1, true)
  thread.setBehind(1, false)
  for (let requests = 0; requests < 100; requests++) {
    expect(thread.enter(1)).toBe(false)
    thread.spend(1, 2)
  }
})

test('behind, requests get their part of what the processor uses, less the further behind it is, and in their order', async () => {
  const { thread, request, setLag, taken } = share()
  thread.setBehind(1, true)
  setLag(60_000)
  thread.noteProcessing(0)
  const order: number[] = []
  for (let number = 0; number < 600; number++) void request().then(() => order.push(number))
  await settled()
  // a few batches go at once
  const atFirst = taken()
  expect(atFirst).toBeGreaterThan(10)
  expect(atFirst).toBeLessThan(20)
  for (let stretches = 0; stretches < 500; stretches++) {
    thread.noteProcessing(2)
    await new Promise(setImmediate)
  }
  await settled()
  // of a second of processing 15 / 85
  expect((taken() - atFirst) * 2).toBeGreaterThan(150)
  expect((taken() - atFirst) * 2).toBeLessThan(205)
  setLag(5_000)
  const before = taken()
  for (let stretches = 0; stretches < 100; stretches++) {
    thread.noteProcessing(2)
    await new Promise(setImmediate)
  }
  await settled()
  // 60 / 40
  expect((taken() - before) * 2).toBeGreaterThan(270)
  expect(order).toEqual([...order].sort((a, b) => a - b))
  thread.setBehind(1, false)
  await settled()
  expect(taken()).toBe(600)
})

test('what nobody uses, requests may have: while the processor waits they are not held up', async () => {
  const { thread, request, setLag, beIdle, taken } = share()
  thread.setBehind(1, true)
  setLag(60_000)
  thread.noteProcessing(0)
  for (let number = 0; number < 100; number++) void request()
  await settled()
  const atFirst = taken()
  for (let looks = 0; looks < 5; looks++) {
    beIdle(20)
    await settled()
  }
  expect(taken() - atFirst).toBeGreaterThan(40)
})

test('a workspace whose processor keeps up does not wait for one in a flood', async () => {
  const { thread, request, setLag, taken } = share()
  thread.setBehind(1, true)
  setLag(60_000)
  thread.noteProcessing(0)
  for (let number = 0; number < 100; number++) void request(1)
  await settled()
  expect(taken()).toBeLessThan(30)
  expect(thread.enter(2)).toBe(false)
  // whose key comes in the body waits with the others
  expect(thread.enter(undefined)).toBeInstanceOf(Promise)
})

test('what goes by without waiting takes nothing from those that wait, and lets none of them in', async () => {
  const { thread, request, setLag, taken } = share()
  thread.setBehind(1, true)
  setLag(60_000)
  thread.noteProcessing(0)
  expect(thread.enter(1)).toBe(true)
  for (let number = 0; number < 100; number++) void request(1)
  for (let number = 0; number < 100; number++) await request(2)
  thread.spend(2, 10_000)
  await settled()
  expect(taken()).toBe(100)
  thread.leave(2)
  await settled()
  expect(taken()).toBeGreaterThan(110)
})
