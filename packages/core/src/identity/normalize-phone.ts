import { PHONE_FORMS_REMEMBERED_MAX } from '@affluent/protocol/limits'
import {
  AsYouType,
  type CountryCode,
  isSupportedCountry,
  parseIncompletePhoneNumber,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min'

/** Of an address (`tel:`) or of an export that names the kind (`p:`). */
const SCHEME = /^(?:tel|phone|sms|whatsapp|p):/i
const QUOTES = /^['"`’‘]+|['"`’‘]+$/g
/** A column of decimals made a number of it. */
const DECIMAL = /^(\+?\d{7,15})[.,]0{1,2}$/
/** Digits of any script between the marks that people put there, and one plus sign before them. */
const WRITTEN = /^[^\p{Nd}+]*\+?[\p{Nd}\p{Zs}\p{Pd}()./·•~]+$/u
const MARKS = /^[\p{Nd}\p{Zs}\p{Pd}()./·•~+]+$/u
const AS_WRITTEN = /^\+?\d{6,15}$/

const remembered = new Map<string, string | undefined>()

/**
 * The one form of a telephone number, however it is written: `+33612345678` where the country is certain, because it is
 * written or because the workspace has one; else its digits.
 * @param country of the workspace, ISO 3166; null: none, and a national number stays as it is written
 * @returns undefined when the text is no telephone number, or has more than a number in it (an extension, letters)
 */
export function normalizePhone(text: string, country: string | null): string | undefined {
  const key = `${country} ${text}`
  if (remembered.has(key)) return remembered.get(key)
  const phone = readPhone(text, country)
  if (remembered.size >= PHONE_FORMS_REMEMBERED_MAX) remembered.clear()
  remembered.set(key, phone)
  return phone
}

/**
 * The beginnings of stored numbers that an unfinished number may stand for.
 * @returns nothing when no number begins so
 */
export function phoneBeginnings(text: string, country: string | null): string[] {
  const written = tidy(text)
  if (!WRITTEN.test(written) || !MARKS.test(written)) return []
  const digits = withPlus(parseIncompletePhoneNumber(written))
  if (digits === '' || digits === '+') return []
  const typing = new AsYouType(countryOf(country))
  typing.input(digits)
  const forms = [typing.getNumberValue(), digits, digits.startsWith('+') ? digits.slice(1) : `+${digits}`]
  return [...new Set(forms.filter((form) => form !== undefined))]
}

/** Whether a code of ISO 3166 names a country that has telephone numbers. */
export function hasTelephones(country: string): boolean {
  return isSupportedCountry(country)
}

function readPhone(text: string, country: string | null): string | undefined {
  const written = tidy(text)
  if (!WRITTEN.test(written) || !MARKS.test(written)) return undefined
  const compact = parseIncompletePhoneNumber(written)
  const home = compact.startsWith('+') ? undefined : countryOf(country)
  const digits = withPlus(compact)
  return (
    (home && parseNumber(compact, 'valid', home)) ??
    (digits.startsWith('+') ? parseNumber(digits, 'possible') : undefined) ??
    (home && parseNumber(compact, 'possible', home)) ??
    // a whole number of another country whose plus sign was lost
    (country !== null && !digits.startsWith('+') ? parseNumber(`+${digits}`, 'valid') : undefined) ??
    (AS_WRITTEN.test(digits) ? digits : undefined)
  )
}

function tidy(text: string): string {
  const bare = text.normalize('NFKC').trim().replaceAll(QUOTES, '').replace(SCHEME, '').trim()
  return DECIMAL.exec(bare)?.[1] ?? bare
}

/** 00 stands for the plus sign in nearly all countries, and no number begins so where it does not. */
function withPlus(compact: string): string {
  return compact.startsWith('00') ? `+${compact.slice(2)}` : compact
}

/** @returns the number with its country, as long as that is the form of itself too */
function parseNumber(
  compact: string,
  demand: 'valid' | 'possible',
  defaultCountry?: CountryCode,
): string | undefined {
  const options = defaultCountry === undefined ? {} : { defaultCountry }
  const parsed = parsePhoneNumberFromString(compact, { extract: false, ...options })
  if (parsed === undefined || !(demand === 'valid' ? parsed.isValid() : parsed.isPossible())) return undefined
  const { number } = parsed
  // a second zero before a number that is none would be cut the next time
  return number === compact || parseNumber(number, demand) === number ? number : undefined
}

function countryOf(country: string | null): CountryCode | undefined {
  return country !== null && isSupportedCountry(country) ? country : undefined
}
