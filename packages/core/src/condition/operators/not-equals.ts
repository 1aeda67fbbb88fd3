import { equals } from './equals.ts'
import { negationOf } from './operator.ts'

/** The value is not this one, or is missing. */
export const notEquals = negationOf('equals', equals, {
  label: { en: 'is not', fr: 'n’est pas' },
  sentence: { en: 'is not {value}', fr: 'n’est pas {value}' },
  example: { trait: 'plan', value: 'trial' },
})
