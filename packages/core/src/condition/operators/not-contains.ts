import { contains } from './contains.ts'
import { negationOf } from './operator.ts'

/** The value does not contain this, or is missing. */
export const notContains = negationOf('contains', contains, {
  label: { en: 'does not contain', fr: 'ne contient pas' },
  sentence: { en: 'does not contain {value}', fr: 'ne contient pas {value}' },
  example: { trait: 'interests', value: 'golf' },
})
