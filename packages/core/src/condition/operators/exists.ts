import type { Json } from '@affluent/protocol/event'
import type { PresenceOperator } from './operator.ts'

/** There is a value: also an empty text or list and `false`; an object is there when something in it is. */
export const exists: PresenceOperator = {
  kind: 'presence',
  takes: 'none',
  fits: {},
  readings: [],
  ignoresCase: false,
  label: { en: 'has a value', fr: 'a une valeur' },
  sentence: { en: 'has a value', fr: 'a une valeur' },
  example: { trait: 'plan' },
  isThere: isSomething,
}

/** A list is something, also an empty one; an object is what is in it. */
function isSomething(value: Json): boolean {
  if (typeof value !== 'object') return true
  return value !== null && (Array.isArray(value) || Object.values(value).some(isSomething))
}
