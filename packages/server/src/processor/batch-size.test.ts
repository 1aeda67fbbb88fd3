import {
  MICRO_BATCH_DECIDE_MS_MAX,
  MICRO_BATCH_EVENTS_FIRST,
  MICRO_BATCH_EVENTS_MAX,
  MICRO_BATCH_STATE_BYTES_MAX,
} from '@affluent/protocol/limits'
import { expect, test } from 'vitest'
import { BatchSize } from './batch-size.ts'

test('a processor begins with few events, takes twice as many after each batch, and half of what could not be saved', () => {
  const size = new BatchSize()
  expect(size.events).toBe(MICRO_BATCH_EVENTS_FIRST)
  size.grow()
  expect(size.events).toBe(2 * MICRO_BATCH_EVENTS_FIRST)
  for (let batches = 0; batches < 10; batches++) size.grow()
  expect(size.events).toBe(MICRO_BATCH_EVENTS_MAX)
  size.halve(7)
  expect(size.events).toBe(4)
})

test('it takes no more events than have states that fit and are decided in time, at least one, and as many as before once they cost little again', () => {
  const size = new BatchSize()
  for (let batches = 0; batches < 10; batches++) size.grow()
  size.measure(2_000, { stateBytes: 20 * MICRO_BATCH_STATE_BYTES_MAX, ms: 0 })
  expect(size.events).toBe(100)
  size.measure(2, { stateBytes: 10 * MICRO_BATCH_STATE_BYTES_MAX, ms: 0 })
  expect(size.events).toBe(1)
  size.measure(400, { stateBytes: 0, ms: 4 * MICRO_BATCH_DECIDE_MS_MAX })
  expect(size.events).toBe(100)
  // one alone says little of many
  size.measure(1, { stateBytes: 0, ms: 1 })
  expect(size.events).toBe(100)
  size.measure(100, { stateBytes: 0, ms: 0.6 * MICRO_BATCH_DECIDE_MS_MAX })
  expect(size.events).toBe(100)
  for (let batches = 0; batches < 10; batches++) size.measure(size.events, { stateBytes: 1, ms: 1 })
  expect(size.events).toBe(MICRO_BATCH_EVENTS_MAX)
})
