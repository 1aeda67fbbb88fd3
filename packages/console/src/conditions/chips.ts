import type { Scalar } from '@affluent/protocol/condition'
import type { Language } from '../app/language.ts'
import { draftOfNumber, isUnread, readNumber, textOfNumber, type Unread } from './typed-number.ts'
import type { ValueDraft } from './value-test.ts'

export const SCALAR_KINDS = ['text', 'number', 'boolean'] as const
export type ScalarKind = (typeof SCALAR_KINDS)[number]

/**
 * A value as a chip shows it: a text that could be taken for a number or for true stands in quotation marks, since "5"
 * is not 5.
 */
export function chipOf(value: Scalar | Unread, language: Language): string {
  if (typeof value === 'number' || isUnread(value)) return textOfNumber(value, language)
  if (typeof value !== 'string') return String(value)
  return isAmbiguous(value, language) ? JSON.stringify(value) : value
}

/** What was typed as a chip, as a value of that kind; what is no number where one is asked stays as it was typed. */
export function readChip(chip: string, kind: ScalarKind, language: Language): Scalar | Unread {
  if (kind === 'number') return draftOfNumber(chip, language) ?? { typed: chip }
  if (kind === 'boolean' && (chip === 'true' || chip === 'false')) return chip === 'true'
  if (chip.startsWith('"')) {
    try {
      const text = JSON.parse(chip) as unknown
      if (typeof text === 'string') return text
    } catch {
      // a quotation mark like any other
    }
  }
  return chip
}

/** What was typed as one kind, taken as another: nothing is typed twice. */
export function asKind(value: ValueDraft, kind: ScalarKind, language: Language): ValueDraft {
  if (value === null) return null
  const text = typeof value === 'string' ? value : chipOf(value, language)
  if (kind === 'number') return draftOfNumber(text, language)
  if (kind === 'text') return text
  return text === 'true' || text === 'false' ? text === 'true' : null
}

function isAmbiguous(text: string, language: Language): boolean {
  const isNumber = typeof readNumber(text, language) === 'number'
  return isNumber || text === 'true' || text === 'false' || text === '' || text.startsWith('"')
}
