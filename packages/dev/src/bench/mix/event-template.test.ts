import { expect, test } from 'vitest'
import { findSlots, stampEvent } from './event-slots.ts'
import { EVENT_BYTES, makeTemplate } from './event-template.ts'
import { People } from './people.ts'
import { createRandom } from './random.ts'

const COUNT = 4_000
const random = createRandom(1)
const templates = Array.from({ length: COUNT }, () => makeTemplate(random))
const events = templates.map(({ json }) => JSON.parse(json) as Record<string, unknown>)
const shareOf = (holds: (event: Record<string, unknown>) => boolean) => events.filter(holds).length / COUNT

test('every event has 500 bytes', () => {
  expect(new Set(templates.map(({ json }) => Buffer.byteLength(json)))).toEqual(new Set([EVENT_BYTES]))
})

test('a tenth identifies, half is known', () => {
  expect(shareOf(({ type }) => type === 'identify')).toBeCloseTo(0.1, 1)
  expect(shareOf(({ userId }) => userId !== undefined)).toBeCloseTo(0.5, 1)
  expect(shareOf(({ userId, anonymousId }) => userId === undefined && anonymousId === undefined)).toBe(0)
})

test('a stamped event is another one of another person, and nothing else of it changes', () => {
  const people = new People(10, 1)
  const time = Buffer.from('2030-02-03T04:05:06.789Z')
  for (const { json } of templates.slice(0, 200)) {
    const bytes = Buffer.from(`xx${json}`)
    stampEvent(bytes, findSlots(json, 2), 77, people.set(4_711, 1), time)
    const before = JSON.parse(json) as Record<string, unknown>
    const after = JSON.parse(bytes.subarray(2).toString()) as Record<string, unknown>
    expect(after['messageId']).toMatch(/^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/)
    expect(after['timestamp']).toBe('2030-02-03T04:05:06.789Z')
    if (before['userId'] !== undefined) expect(after['userId']).toBe('user_00004711')
    const changing = { messageId: 0, timestamp: 0, userId: 0, anonymousId: 0 }
    const text = (event: Record<string, unknown>) =>
      JSON.stringify({ ...event, ...changing }).replaceAll('user_00004711', 'user_00000000')
    expect(text(after)).toBe(text(before))
  }
})

test('message ids do not repeat, nor do those of people and messages meet', () => {
  const { json } = templates.find(({ json }) => json.includes('anonymousId')) as { json: string }
  const slots = findSlots(json, 0)
  const people = new People(10, 1)
  const time = Buffer.from('2030-02-03T04:05:06.789Z')
  const ids = new Set<unknown>()
  for (let number = 0; number < 5_000; number++) {
    const bytes = Buffer.from(json)
    stampEvent(bytes, slots, number, people.set(number, 0), time)
    const { messageId, anonymousId } = JSON.parse(bytes.toString()) as Record<string, unknown>
    ids.add(messageId).add(anonymousId)
  }
  expect(ids.size).toBe(10_000)
})
