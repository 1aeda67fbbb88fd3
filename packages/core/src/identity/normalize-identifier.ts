import { IDENTIFIER_BYTES_MAX } from '@affluent/protocol/limits'
import { normalizePhone } from './normalize-phone.ts'

/** Nothing to tidy: printable ASCII without blanks, as nearly all identifiers are. */
const PLAIN = /^[!-~]+$/
/**
 * Characters that nobody sees and that a paste brings along: zero width, soft hyphen, marks of direction, byte order
 * mark, variation selectors.
 */
const INVISIBLE = /(?![\u200d\u{e0020}-\u{e007f}])[\p{Default_Ignorable_Code_Point}\ufff9-\ufffb]/gu
/** A joiner that joins no emoji. */
const JOINER = /(?<!\p{Extended_Pictographic}\p{Emoji_Modifier}?)\u200d|\u200d(?!\p{Extended_Pictographic})/gu
/** Tags that follow no flag: a flag of a region is made of them. */
const TAGS = /(?<!\u{1f3f4}[\u{e0020}-\u{e007f}]*)[\u{e0020}-\u{e007f}]+/gu

/**
 * The form in which a value is stored, compared and looked up. What nobody sees is no difference. E-mails are compared
 * without case and without what stands around them; telephone numbers by the number that they are, however it is
 * written; everything else to the letter.
 * @param country of the workspace, for telephone numbers without one; null: none
 * @returns undefined when the value cannot be an identifier of that namespace
 */
export function normalizeIdentifier(
  namespace: string,
  value: string,
  country: string | null,
): string | undefined {
  const text = tidyIdentifier(value)
  if (text === '') return undefined
  if (namespace === 'email') return normalizeEmail(text)
  if (namespace === 'phone') return normalizePhone(text, country)
  if (isFolded(namespace)) return text.toLowerCase()
  return text
}

/** Whether case is no difference in a namespace. */
export function isFolded(namespace: string): boolean {
  if (namespace === 'user_id' || namespace === 'anonymous_id') return false
  return namespace === 'email' || namespace === 'advertising_id' || namespace.endsWith('.idfa')
}

/**
 * A text without what nobody sees, in one form of Unicode; '' when nothing stays, or when it is too long for an
 * identifier whatever is taken away.
 */
export function tidyIdentifier(value: string): string {
  if (PLAIN.test(value)) return value
  if (value.length > IDENTIFIER_BYTES_MAX * 8) return ''
  // a family of emoji is held together by joiners, and is another than its members side by side
  const seen = value.replaceAll(INVISIBLE, '').replaceAll(JOINER, '').replaceAll(TAGS, '')
  return seen.trim().normalize('NFC')
}

const EMAIL = /^[^\s@"(),:;<>[\]\\]+@[^\s@"(),:;<>[\]\\]+\.[^\s@"(),:;<>[\]\\]+$/u
const NAMED = /^[^<>]*<([^<>]+)>$/u
const MAILTO = /^mailto:([^?]*)(?:\?.*)?$/u
const OPENING = /^["'`’‘“«(<[]+/u
const CLOSING = /["'`’‘”»)>\].,;:]+$/u

function normalizeEmail(text: string): string | undefined {
  const lower = text.toLowerCase()
  if (isEmail(lower)) return lower
  const address = NAMED.exec(lower)?.[1] ?? lower
  const bare = address.trim().replace(OPENING, '').replace(CLOSING, '')
  const tidy = (MAILTO.exec(bare)?.[1] ?? bare).trim()
  return isEmail(tidy) ? tidy : undefined
}

/** An apostrophe at the beginning comes from a spreadsheet, and a point at the end from a sentence. */
function isEmail(text: string): boolean {
  return EMAIL.test(text) && !OPENING.test(text) && !CLOSING.test(text)
}
