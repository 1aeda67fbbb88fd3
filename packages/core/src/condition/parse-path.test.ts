import type { Json, JsonObject } from '@affluent/protocol/event'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ConditionError } from './condition-error.ts'
import { isContextPath, type PathRoot, parsePath, pathOfName } from './parse-path.ts'
import { valuesAt } from './value-path.ts'

test.each<[string, PathRoot, string]>([
  ['plan', 'person', 'plan'],
  ['traits.plan', 'person', 'plan'],
  ['$.plan', 'person', 'plan'],
  ['$.traits.address.city', 'person', 'address.city'],
  ['properties.plan', 'person', 'properties.plan'],
  ['properties.products[].sku', 'track', 'products[].sku'],
  ['products[*].sku', 'track', 'products[].sku'],
  ['$.products[*].tags[*]', 'page', 'products[].tags[]'],
  ['rows[*][*]', 'track', 'rows[][]'],
  ['traits.plan', 'identify', 'plan'],
  ['traits.plan', 'track', 'traits.plan'],
  ['context.page.path', 'track', 'context.page.path'],
  ['$.context.page.path', 'identify', 'context.page.path'],
  ['context.page', 'element', 'context.page'],
  ['context', 'track', 'context'],
  ['$email', 'person', '$email'],
  ['sales.2024', 'person', 'sales.2024'],
  ['box.length', 'person', 'box.length'],
  ['a\\.b', 'person', 'a\\.b'],
])('%s of %s is %s', (text, root, path) => {
  expect(parsePath(text, root, 'at')).toBe(path)
})

test.each<[string, string]>([
  ['products[0].sku', '"products[].sku"'],
  ['products[0]', '"products[]"'],
  ["products['sku']", '"products.sku"'],
  ['$.products[-1].sku', '"products[].sku"'],
  ['products[', '"products\\["'],
  ['products[]sku', '"products[].sku"'],
  ['products.0.sku', '"products[].sku"'],
  ['products.0.sku', '"products.\\0.sku"'],
  ['a..b', '"address.city"'],
  ['[].sku', '"address.city"'],
])('%s is refused, and %s is named', (text, right) => {
  const refused = () => parsePath(text, 'track', 'condition.where[0].property')
  expect(refused).toThrow(ConditionError)
  expect(refused).toThrow(right)
})

const name = fc.oneof(
  fc.constantFrom('a.b', 'a[0]', 'a[]', '[]', '0', '12', '$', 'context', 'properties', 'traits', 'c\\d', '*'),
  fc.string({ minLength: 1, maxLength: 4 }),
)
const roots = fc.constantFrom<PathRoot>('person', 'element', 'track', 'page', 'identify')

test('whatever a name looks like, there is a path that means it, and that is its own canonical form', () => {
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 3 }), roots, (names, root) => {
      // a name below another is written with a backslash before each of its characters
      const written = names.map((each) => [...each].map((character) => `\\${character}`).join('')).join('.')
      const path = parsePath(written, root, 'at')
      const object = names.reduceRight<Json>((inner, key) => ({ [key]: inner }), 'found') as JsonObject
      if (root !== 'person' && root !== 'element') expect(isContextPath(path)).toBe(false)
      expect(valuesAt(object, path)).toEqual(['found'])
      expect(parsePath(path, root, 'at')).toBe(path)
      const [first = ''] = names
      expect(parsePath(pathOfName(first, root), root, 'at')).toBe(pathOfName(first, root))
      expect(valuesAt({ [first]: 1 }, pathOfName(first, root))).toEqual([1])
    }),
  )
})
