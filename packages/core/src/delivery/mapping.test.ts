import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConditionError } from '../condition/condition-error.ts'
import { applyMapping, checkMapping } from './mapping.ts'

test('fields come from paths or are constants; a path without a value leaves its field out', () => {
  const mapping = {
    fields: {
      id: { path: 'userId' },
      'order.total': { path: 'properties.revenue' },
      'order.skus': { path: 'properties.products[].sku' },
      version: { value: 2 },
      none: { path: 'properties.missing.deep' },
    },
  }
  checkMapping(mapping)
  const event = { userId: 'u', properties: { revenue: 5, products: [{ sku: 'a' }, {}, { sku: 'b' }] } }
  expect(applyMapping(mapping, event, () => undefined)).toEqual({
    payload: { id: 'u', order: { total: 5, skus: ['a', 'b'] }, version: 2 },
    lacking: ['none'],
  })
})

test.each([
  [{}, 'mapping.fields'],
  [{ 'a..b': { value: 1 } }, 'mapping.fields.a..b'],
  [{ 'a[]': { value: 1 } }, 'mapping.fields.a[]'],
  [{ constructor: { value: 1 } }, 'mapping.fields.constructor'],
  [{ '__proto__.x': { value: 1 } }, 'mapping.fields.__proto__.x'],
  [{ a: { value: 1 }, 'a.b': { value: 2 } }, 'mapping.fields.a.b'],
  [{ 'a.b': { value: 1 }, a: { value: 2 } }, 'mapping.fields.a'],
  [{ a: { path: '.x' } }, 'mapping.fields.a.path'],
  [{ a: { trait: 'address..city' } }, 'mapping.fields.a.trait'],
])('a mapping that cannot work is refused with its path: %j', (fields, path) => {
  const check = () => checkMapping({ fields })
  expect(check).toThrow(ConditionError)
  try {
    check()
  } catch (error) {
    expect(error).toMatchObject({ path, code: 'invalid_mapping' })
  }
})

test('whatever is mapped, nothing but the payload changes', () => {
  const name = fc.oneof(
    fc.string(),
    fc.constantFrom('__proto__', 'a', 'a.b', 'constructor.prototype', 'toString', 'hasOwnProperty'),
  )
  fc.assert(
    fc.property(
      fc.dictionary(name, fc.oneof(fc.record({ path: name }), fc.record({ value: fc.jsonValue() }))),
      (fields) => {
        const mapping = { fields } as Parameters<typeof checkMapping>[0]
        try {
          checkMapping(mapping)
        } catch (error) {
          expect(error).toBeInstanceOf(ConditionError)
          return
        }
        applyMapping(mapping, { a: { b: 1 }, toString: 'x' }, () => undefined)
        expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
        expect(Object.keys(Object.prototype)).toEqual([])
      },
    ),
  )
})

test.each(['template', 'computed', 'golden'])('"%s" is told to come later', (origin) => {
  const mapping = { fields: { a: { [origin]: 'x' } } } as unknown as Parameters<typeof checkMapping>[0]
  expect(() => checkMapping(mapping)).toThrow(
    expect.objectContaining({ code: 'not_available', path: `mapping.fields.a.${origin}` }),
  )
})
