import type { Language } from '../app/language.ts'

/** What was typed for a number and is none; kept to the letter, so that its author finds it again and can fix it. */
export interface Unread {
  readonly typed: string
}

/** A number while it is edited; null: nothing is typed. */
export type NumberDraft = number | Unread | null

/** What a field asks of its number. */
export interface NumberBounds {
  readonly isWhole?: boolean | undefined
  readonly min?: number | undefined
  readonly max?: number | undefined
}

/** Why a text is no number for a field. */
export type NumberFault = 'notANumber' | 'notWhole' | 'tooSmall' | 'tooLarge' | 'tooExact'

const SIGN = /^[-−–]\s*/
const EXPONENT = /[eE][+-]?\d+$/
const GROUP_SPACES = /[ \u00a0\u2007\u2009\u202f]/g
const SPACED = /^\d{1,3}(?:[ \u00a0\u2007\u2009\u202f]\d{3})+$/
const GROUPED = { '.': /^\d{1,3}(?:\.\d{3})+$/, ',': /^\d{1,3}(?:,\d{3})+$/ }
const DIGITS = /^\d+$/

/**
 * Reads a number as people write it in either language: comma or point before the decimals, thousands apart by spaces,
 * commas or points. A single comma before three digits is what the language of the page makes of it: 1,234 is one
 * thousand in English and a little more than one in French.
 * @returns the number, exactly as it was meant; else what is wrong with it
 */
export function readNumber(
  text: string,
  language: Language,
  bounds: NumberBounds = {},
): number | NumberFault {
  const trimmed = text.trim()
  const isNegative = SIGN.test(trimmed)
  const unsigned = trimmed.replace(SIGN, '')
  const exponent = EXPONENT.exec(unsigned)?.[0] ?? ''
  const plain = plainDecimal(unsigned.slice(0, unsigned.length - exponent.length), language)
  if (plain === undefined) return 'notANumber'
  const written = `${isNegative ? '-' : ''}${plain}${exponent}`
  const number = Number(written)
  if (!Number.isFinite(number)) return 'tooLarge'
  if (exactDecimal(written) !== exactDecimal(String(number))) return 'tooExact'
  if (bounds.isWhole === true && (exponent !== '' || !Number.isInteger(number))) return 'notWhole'
  if (bounds.min !== undefined && number < bounds.min) return 'tooSmall'
  if (bounds.max !== undefined && number > bounds.max) return 'tooLarge'
  return number
}

/** What a field holds after this was typed. */
export function draftOfNumber(text: string, language: Language, bounds: NumberBounds = {}): NumberDraft {
  if (text.trim() === '') return null
  const read = readNumber(text, language, bounds)
  return typeof read === 'number' ? read : { typed: text }
}

/** The text that `readNumber` reads as this. */
export function textOfNumber(value: NumberDraft, language: Language): string {
  if (value === null) return ''
  if (typeof value !== 'number') return value.typed
  const text = String(value)
  return language === 'fr' ? text.replace('.', ',') : text
}

/** Whether something is what was typed for a number and is none. */
export function isUnread(value: unknown): value is Unread {
  return typeof value === 'object' && value !== null && 'typed' in value
}

/** Digits with a point at most; undefined when the text is no number. */
function plainDecimal(text: string, language: Language): string | undefined {
  const marks = [...text.matchAll(/[.,]/g)].map(([mark]) => mark as '.' | ',')
  const last = marks.at(-1)
  if (last === undefined) return wholePart(text)
  const isGrouping =
    marks.every((mark) => mark === last) &&
    GROUPED[last].test(text) &&
    (marks.length > 1 || (language === 'en' && last === ',' && !text.startsWith('0')))
  if (isGrouping) return text.replaceAll(last, '')
  const at = text.lastIndexOf(last)
  const fraction = text.slice(at + 1)
  const whole = at === 0 ? '0' : wholePart(text.slice(0, at), last === ',' ? '.' : ',')
  if (whole === undefined || (fraction !== '' && !DIGITS.test(fraction))) return undefined
  if (at === 0 && fraction === '') return undefined
  return fraction === '' ? whole : `${whole}.${fraction}`
}

/** @param mark that may also stand between thousands */
function wholePart(text: string, mark?: '.' | ','): string | undefined {
  if (DIGITS.test(text)) return text
  if (SPACED.test(text)) return text.replaceAll(GROUP_SPACES, '')
  return mark !== undefined && GROUPED[mark].test(text) ? text.replaceAll(mark, '') : undefined
}

/** One text for all ways to write a decimal, so that two can be compared without a loss. */
function exactDecimal(written: string): string {
  const [mantissa = '', exponent = '0'] = written.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.replace('-', '').split('.')
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const bare = digits.replace(/0+$/, '')
  if (bare === '') return '0'
  const power = Number(exponent) - fraction.length + (digits.length - bare.length)
  return `${mantissa.startsWith('-') ? '-' : ''}${bare}e${power}`
}
