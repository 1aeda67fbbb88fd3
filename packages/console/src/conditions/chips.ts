import type { Scalar } from '@affluent/protocol/condition'

export const SCALAR_KINDS = ['text', 'number', 'boolean'] as const
export type ScalarKind = (typeof SCALAR_KINDS)[number]

/** A value as a chip shows it: a text that could be taken for a number or for true stands in quotation marks, since "5" is not 5. */
export function chipOf(value: Scalar): string {
  if (typeof value !== 'string') return String(value)
  return isAmbiguous(value) ? JSON.stringify(value) : value
}

/** What was typed as a chip, as a value of that kind; what is none stays a text. */
export function readChip(chip: string, kind: ScalarKind): Scalar {
  if (kind === 'number' && isNumber(chip)) return Number(chip.replace(',', '.'))
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

function isAmbiguous(text: string): boolean {
  return isNumber(text) || text === 'true' || text === 'false' || text === '' || text.startsWith('"')
}

function isNumber(text: string): boolean {
  return /^\s*-?\d+([.,]\d+)?([eE][+-]?\d+)?\s*$/.test(text)
}
