import type { Json, JsonObject } from '@affluent/protocol/event'
import type { AskKind } from '@affluent/protocol/masking'
import { isPersonalNamespace, isPersonalPath, isPersonalText, textsIn } from './personal-field.ts'

/**
 * Whether a part of a request asks for a personal value: whoever sees people masked could find it out by whether
 * anybody is found. What is asked decides alone, never what there is.
 */
export function asksPersonal(kind: AskKind, asked: Json): boolean {
  switch (kind) {
    case 'field':
      return typeof asked === 'string' && isPersonalPath(asked)
    case 'person':
    case 'search':
      return typeof asked === 'string' && asksPerson(asked, kind)
    case 'condition':
      return asksPersonalValue(asked)
  }
}

const PROFILE_ID = /^prf_[0-9a-z]+$/

/**
 * People may be asked for by the id of a profile, or by an identifier that names nobody: `crm:17`. All else may be a
 * name.
 */
function asksPerson(text: string, kind: 'person' | 'search'): boolean {
  if (PROFILE_ID.test(text) || (kind === 'search' && text === '')) return false
  const colon = text.indexOf(':')
  // in a path it is an id that is not there
  if (colon < 0) return kind === 'search' || isPersonalText(text)
  return isPersonalNamespace(text.slice(0, colon)) || isPersonalText(text.slice(colon + 1))
}

/**
 * Whether a condition or filter compares a personal field with a value, or any field with a value that is personal by
 * its form. That there is one may be asked.
 */
export function asksPersonalValue(condition: Json, under = ''): boolean {
  if (Array.isArray(condition)) return condition.some((each) => asksPersonalValue(each, under))
  if (typeof condition !== 'object' || condition === null) return false
  const { op, value, each } = condition
  if (value !== undefined && textsIn(value).some(isPersonalText)) return true
  const field = fieldOf(condition)
  const isPresence = op === 'exists' || op === 'not_exists'
  if (field !== undefined && op !== undefined && !isPresence && !isCounted(condition)) {
    if (isPersonalPath(joinField(under, field))) return true
  }
  const inside = typeof each === 'string' ? joinField(under, each) : under
  return Object.entries(condition).some(
    ([name, inner]) => name !== 'value' && asksPersonalValue(inner, inside),
  )
}

/** Whether a condition is about a personal field or identifier, whatever it asks of it. */
export function namesPersonalField(condition: Json, under = ''): boolean {
  if (Array.isArray(condition)) return condition.some((each) => namesPersonalField(each, under))
  if (typeof condition !== 'object' || condition === null) return false
  const { identifier, each } = condition
  if (typeof identifier === 'string' && isPersonalNamespace(identifier)) return true
  const field = fieldOf(condition)
  if (field !== undefined && isPersonalPath(joinField(under, field))) return true
  const inside = typeof each === 'string' ? joinField(under, each) : under
  if (each !== undefined && isPersonalPath(inside)) return true
  return Object.values(condition).some((inner) => namesPersonalField(inner, inside))
}

/** How many different values there are says none of them. */
function isCounted({ aggregate }: JsonObject): boolean {
  return (aggregate as JsonObject | null | undefined)?.['fn'] === 'distinct'
}

/** The field that a test is about. */
export function fieldOf({ trait, property, path, aggregate }: JsonObject): string | undefined {
  const named = [trait, property, path].find((each) => typeof each === 'string')
  if (named !== undefined) return named as string
  const inner = (aggregate as JsonObject | null | undefined)?.['property']
  return typeof inner === 'string' ? inner : undefined
}

/** The path of a field of a list's element. */
export function joinField(under: string, field: string): string {
  return under === '' ? field : `${under}.${field}`
}
