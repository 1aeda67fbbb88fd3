import type { Identifier } from '@affluent/protocol/event'
import { normalizeIdentifier } from './namespaces.ts'

/** The French prefix: a national number is looked for under it too. */
const HOME_PREFIX = '+33'

/**
 * The stored values that a text may stand for when somebody looks for it in a namespace: the normalised one, and of a telephone number also its national and
 * international forms, since numbers are stored as sources send them.
 */
export function identifierForms(namespace: string, text: string): string[] {
  const value = normalizeIdentifier(namespace, text)
  if (value === undefined || value.includes('\u0000')) return []
  return namespace === 'phone' ? phoneForms(value) : [value]
}

/**
 * The beginnings of stored values that an unfinished text may stand for.
 * @returns nothing when no value of the namespace can begin so
 */
export function prefixForms(namespace: string, text: string): string[] {
  const trimmed = text.trim().normalize('NFC')
  if (trimmed === '' || trimmed.includes('\u0000')) return []
  if (namespace === 'phone') {
    const compact = compactPhone(trimmed)
    return /^\+?\d+$/.test(compact) ? phoneForms(compact) : []
  }
  const isFolded = namespace === 'email' || namespace === 'advertising_id' || namespace.endsWith('.idfa')
  return [isFolded ? trimmed.toLowerCase() : trimmed]
}

/**
 * Whether an identifier is what a text asks for.
 * @param text `namespace:value`, or a value of any namespace
 */
export function isAskedFor(text: string, { namespace, value }: Identifier): boolean {
  if (identifierForms(namespace, text).includes(value)) return true
  const named = readNamed(text)
  return named?.namespace === namespace && identifierForms(namespace, named.text).includes(value)
}

/** A text of the form `namespace:value`, taken apart. */
export function readNamed(text: string): { readonly namespace: string; readonly text: string } | undefined {
  const colon = text.indexOf(':')
  return colon <= 0 ? undefined : { namespace: text.slice(0, colon).trim(), text: text.slice(colon + 1) }
}

function compactPhone(text: string): string {
  return text.replace(/[\s().\-/]/g, '').replace(/^00/, '+')
}

/** @param compact digits, with or without a plus sign before them */
function phoneForms(compact: string): string[] {
  const digits = compact.replace(/^\+/, '')
  const home = HOME_PREFIX.slice(1)
  const forms = new Set([compact, `+${digits}`, digits])
  // (0) between prefix and number is how many write it: +33 (0)6 12
  const national = digits.startsWith(home) ? digits.slice(home.length).replace(/^0/, '') : undefined
  const core = national ?? (compact.startsWith('0') ? digits.slice(1) : undefined)
  if (core !== undefined && core !== '') {
    for (const form of [`${HOME_PREFIX}${core}`, `${home}${core}`, `0${core}`, `${HOME_PREFIX}0${core}`])
      forms.add(form)
  }
  return [...forms]
}
