import { isIn } from './in.ts'
import { negationOf } from './operator.ts'

/** The value is none of these, or is missing. */
export const notIn = negationOf('in', isIn, {
  label: { en: 'is none of', fr: 'n’est aucune de' },
  sentence: { en: 'is none of {value}', fr: 'n’est pas parmi {value}' },
  example: { trait: 'country', value: ['FR', 'BE'] },
})
