import {
  CONDITION_CHARS_MAX,
  CONDITION_EVENT_LEAVES_MAX,
  CONDITION_TESTS_MAX,
} from '@affluent/protocol/limits'
import { expect, test } from 'vitest'
import {
  audiencesIn,
  CircleFault,
  checkSize,
  inlineAudiences,
  MissingAudience,
  withPopulation,
} from './condition-tree.ts'
import { parseCondition } from './parse-condition.ts'

function events(count: number) {
  return { any: Array.from({ length: count }, (_, index) => ({ event: `Event ${index}` })) }
}

test('a condition asks for CONDITION_EVENT_LEAVES_MAX events, and for not one more', () => {
  expect(() => checkSize(parseCondition(events(CONDITION_EVENT_LEAVES_MAX), 'UTC'))).not.toThrow()
  expect(() => checkSize(parseCondition(events(CONDITION_EVENT_LEAVES_MAX + 1), 'UTC'))).toThrow(/50 events/)
})

test('its event leaves have CONDITION_TESTS_MAX property tests together, tests of one element among them', () => {
  const tests = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ property: `p${index}`, op: 'gt', value: index }))
  const leaf = (count: number, name = 'Ordered') => ({
    event: name,
    where: [...tests(count - 5), { each: 'products', where: tests(5) }],
  })
  const leaves = (last: number) => ({
    all: [
      ...Array.from({ length: CONDITION_TESTS_MAX / 20 - 1 }, (_, index) => leaf(20, `Event ${index}`)),
      { not: leaf(last) },
      { trait: 'plan', op: 'exists' },
    ],
  })
  expect(() => checkSize(parseCondition(leaves(20), 'UTC'))).not.toThrow()
  expect(() => checkSize(parseCondition(leaves(21), 'UTC'))).toThrow(/200 property tests.*here there are 201/)
})

test('the events of the audiences that it names count too', () => {
  const half = parseCondition(events(CONDITION_EVENT_LEAVES_MAX / 2 + 1), 'UTC')
  const both = parseCondition({ all: [{ audience: 'a' }, { not: { audience: 'b' } }] }, 'UTC')
  const whole = inlineAudiences(both, () => ({ condition: half, population: 'all' }))
  expect(() => checkSize(whole)).toThrow(/this one asks for 52/)
})

test('a condition is CONDITION_CHARS_MAX characters long at most', () => {
  const values = (length: number) => Array.from({ length }, (_, index) => `${index}`.padEnd(100, 'x'))
  const asked = (length: number) => parseCondition({ trait: 'plan', op: 'in', value: values(length) }, 'UTC')
  expect(() => checkSize(asked(500))).not.toThrow()
  expect(() => checkSize(asked(Math.ceil(CONDITION_CHARS_MAX / 100)))).toThrow(/characters long at most/)
})

test('audiences that lead back to themselves, or are not there, are found out', () => {
  const named = (key: string) => ({
    condition: parseCondition({ audience: key === 'a' ? 'b' : 'a' }, 'UTC'),
    population: 'known' as const,
  })
  expect(() => inlineAudiences(named('a').condition, named, ['a'])).toThrow(CircleFault)
  expect(() => inlineAudiences(named('a').condition, () => undefined)).toThrow(MissingAudience)
  const inlined = inlineAudiences(named('a').condition, () => ({
    condition: { kind: 'identifier', namespace: 'email', op: 'exists' },
    population: 'known',
  }))
  expect(inlined).toEqual(
    withPopulation({
      condition: { kind: 'identifier', namespace: 'email', op: 'exists' },
      population: 'known',
    }),
  )
})

test('the audiences that a condition names are found without understanding the rest of it', () => {
  const condition = {
    all: [
      { audience: 'a' },
      { not: { any: [{ audience: 'b' }, { trait: 'items[0]', op: 'gone' }] } },
      { event: 'audience' },
    ],
  }
  expect(audiencesIn(condition)).toEqual(['a', 'b'])
})
