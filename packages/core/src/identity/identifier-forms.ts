import type { Identifier } from '@affluent/protocol/event'
import { isFolded, normalizeIdentifier, tidyIdentifier } from './normalize-identifier.ts'
import { phoneBeginnings } from './normalize-phone.ts'

/**
 * The stored values that a text may stand for when somebody looks for it in a namespace: the normalised one, and of a
 * telephone number that no country completes also the one with a plus sign.
 * @param country of the workspace; null: none
 */
export function identifierForms(namespace: string, text: string, country: string | null): string[] {
  const value = normalizeIdentifier(namespace, text, country)
  if (value === undefined || value.includes('\u0000')) return []
  return namespace === 'phone' && /^[1-9]/.test(value) ? [value, `+${value}`] : [value]
}

/**
 * The beginnings of stored values that an unfinished text may stand for.
 * @param country of the workspace; null: none
 * @returns nothing when no value of the namespace can begin so
 */
export function prefixForms(namespace: string, text: string, country: string | null): string[] {
  const tidy = tidyIdentifier(text)
  if (tidy === '' || tidy.includes('\u0000')) return []
  if (namespace === 'phone') return phoneBeginnings(tidy, country)
  return [isFolded(namespace) ? tidy.toLowerCase() : tidy]
}

/**
 * Whether an identifier is what a text asks for.
 * @param text `namespace:value`, or a value of any namespace
 * @param country of the workspace; null: none
 */
export function isAskedFor(text: string, { namespace, value }: Identifier, country: string | null): boolean {
  if (identifierForms(namespace, text, country).includes(value)) return true
  const named = readNamed(text)
  return named?.namespace === namespace && identifierForms(namespace, named.text, country).includes(value)
}

/** A text of the form `namespace:value`, taken apart. */
export function readNamed(text: string): { readonly namespace: string; readonly text: string } | undefined {
  const colon = text.indexOf(':')
  return colon <= 0 ? undefined : { namespace: text.slice(0, colon).trim(), text: text.slice(colon + 1) }
}
