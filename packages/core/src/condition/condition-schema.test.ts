import { CONDITION_SCHEMA } from '@affluent/protocol/condition-schema'
import type { Json } from '@affluent/protocol/event'
import { expect, test } from 'vitest'
import { formatCondition } from './format-condition.ts'
import { parseCondition } from './parse-condition.ts'

const forms = CONDITION_SCHEMA.anyOf.map((form) => ({ form, keys: Object.keys(form.properties) }))

test.each(forms)(
  'the form $form.required of the OpenAPI document has an example that is taken, with keys that it names',
  ({ form, keys }) => {
    for (const example of form.examples) {
      const written = formatCondition(parseCondition(example as Json, 'UTC'))
      expect(keys).toEqual(expect.arrayContaining(Object.keys(example)))
      // a branch of one is that one
      if (!('all' in example) && !('any' in example))
        expect(keys).toEqual(expect.arrayContaining(Object.keys(written)))
    }
  },
)

test('every key of a form is taken, and every form of the grammar is there', () => {
  const known = new Set(forms.flatMap(({ keys }) => keys))
  for (const key of ['all', 'any', 'not', 'trait', 'each', 'event', 'audience', 'identifier', 'bucket'])
    expect(known).toContain(key)
  for (const { form, keys } of forms) {
    const [example] = form.examples
    // what is wrong about them is their value, never that they are not known
    for (const key of keys.filter((each) => !(each in (example as object))))
      expect(() => parseCondition({ ...example, [key]: null } as Json, 'UTC')).not.toThrow(/not known here/)
  }
})
