import { checkMapping } from '@affluent/core/delivery/mapping'
import type { Mapping } from '@affluent/protocol/endpoints/connections'
import type { Json } from '@affluent/protocol/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  areFieldsComplete,
  type FieldModel,
  nextFieldId,
  readMapping,
  writeMapping,
} from './mapping-model.ts'

const field = (name: string, text: string, kind: FieldModel['kind'] = 'path', id = 1): FieldModel => ({
  ...{ id, name, kind, text, isRequired: false },
})

test('a constant is read back as the same value, whatever it is', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.jsonValue(), fc.string(), fc.constantFrom('5', 'true', 'null', '{"a":1}', '"a"', ' 5')),
      (value) => {
        // JSON has no -0
        fc.pre(!Object.is(value, -0) && !JSON.stringify(value).includes('__proto__'))
        const mapping = { fields: { out: { value } } } as Mapping
        const json = JSON.parse(JSON.stringify(mapping)) as Mapping
        expect(writeMapping(readMapping(json))).toEqual(json)
      },
    ),
  )
})

test('fields keep their names, paths and order', () => {
  const mapping: Mapping = {
    fields: {
      email: { path: 'context.traits.email' },
      'order.total': { path: 'properties.revenue' },
      list: { value: 'news' },
      city: { trait: 'address.city' },
    },
  }
  const fields = readMapping(mapping)
  expect(fields.map(({ name }) => name)).toEqual(['email', 'order.total', 'list', 'city'])
  expect(writeMapping(fields)).toEqual(mapping)
  expect(() => checkMapping(writeMapping(fields) as Mapping)).not.toThrow()
  expect(areFieldsComplete(fields)).toBe(true)
})

test('what is incomplete is left out, and known to be', () => {
  expect(writeMapping([field('', 'a'), field('b', '')])).toBeNull()
  expect(areFieldsComplete([])).toBe(false)
  expect(areFieldsComplete([field('a', '')])).toBe(false)
  expect(areFieldsComplete([field('a', 'x'), field('a', 'y')])).toBe(false)
  // an empty text is a constant like any other
  expect(writeMapping([field('a', '', 'value')])).toEqual({ fields: { a: { value: '' } } })
})

test('plain words and JSON are both constants', () => {
  const value = (text: string) =>
    (writeMapping([field('a', text, 'value')]) as { fields: { a: { value: Json } } }).fields.a.value
  expect(value('news')).toBe('news')
  expect(value('5')).toBe(5)
  expect(value('"5"')).toBe('5')
  expect(value('[1,2]')).toEqual([1, 2])
  expect(nextFieldId([field('a', 'b', 'path', 4)])).toBe(5)
})
