import { exists } from './exists.ts'
import { negationOf } from './operator.ts'

/** There is no value. */
export const notExists = negationOf('exists', exists, {
  label: { en: 'has no value', fr: 'n’a pas de valeur' },
  sentence: { en: 'has no value', fr: 'n’a pas de valeur' },
  example: { trait: 'phone' },
})
