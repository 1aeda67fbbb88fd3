import { expect, test } from 'vitest'
import { CircuitBreaker } from './breaker.ts'

const MINUTE = 60_000

test('20 failures in a row open the circuit; one probe a minute; the first success closes it', () => {
  const breaker = new CircuitBreaker()
  for (let n = 0; n < 19; n++) expect(breaker.failed(1_000)).toBe(false)
  expect(breaker.allows(1_000)).toBe('all')
  expect(breaker.failed(1_000)).toBe(true)
  expect(breaker.allows(1_000 + MINUTE - 1)).toBe('none')
  expect(breaker.allows(1_000 + MINUTE)).toBe('one')
  breaker.probe()
  expect(breaker.allows(1_000 + MINUTE)).toBe('none')
  expect(breaker.failed(2 * MINUTE)).toBe(false)
  expect(breaker.value).toEqual({ state: 'open', since: 1_000, until: 3 * MINUTE })
  breaker.probe()
  expect(breaker.succeeded(3 * MINUTE)).toBe(true)
  expect(breaker.allows(3 * MINUTE)).toBe('all')
})

test('flapping opens it too: more than half of at least 20 tries within five minutes', () => {
  const breaker = new CircuitBreaker()
  for (let n = 0; n < 10; n++) {
    expect(breaker.failed(n)).toBe(false)
    breaker.succeeded(n)
  }
  expect(breaker.failed(100)).toBe(true)
})

test('what was long ago counts no more', () => {
  const breaker = new CircuitBreaker()
  for (let n = 0; n < 15; n++) breaker.failed(0)
  breaker.succeeded(0)
  for (let n = 0; n < 15; n++) expect(breaker.failed(6 * MINUTE)).toBe(false)
  expect(breaker.allows(6 * MINUTE)).toBe('all')
})

test('a probe that was out when the process ended is not out any more', () => {
  const breaker = new CircuitBreaker({ state: 'half_open', since: 5, until: 10 })
  expect(breaker.allows(10)).toBe('one')
})
