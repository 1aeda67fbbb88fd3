import { parseCondition } from '@affluent/core/condition/parse-condition'
import { expect, test } from 'vitest'
import { readCondition } from './read-condition.ts'
import { TEMPLATE_KEYS, templatesFor } from './templates.ts'

const ALL = new Set(['Order Completed', 'Product Added', 'Email Opened'])

test('a template is offered only where its events have come', () => {
  expect(templatesFor(new Set())).toEqual([])
  expect(templatesFor(new Set(['Order Completed'])).map(({ key }) => key)).toEqual([
    'repeat',
    'sleeping',
    'spenders',
  ])
  expect(templatesFor(ALL).map(({ key }) => key)).toEqual(TEMPLATE_KEYS)
})

test('every template is a condition that the API takes and the builder shows', () => {
  for (const { condition } of templatesFor(ALL)) {
    expect(() => parseCondition(condition, 'Europe/Paris')).not.toThrow()
    expect(readCondition(condition)).toBeDefined()
  }
})
