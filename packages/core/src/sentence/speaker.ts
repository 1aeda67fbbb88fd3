import { type CountedTexts, fill, type Language, type Texts } from './texts.ts'

/** Puts values and texts into one language: what every sentence is made with. */
export interface Speaker {
  readonly language: Language
  /** The name of an audience by its key; the key itself when it is not known. */
  readonly nameOf: (audience: string) => string
  /** A text with its values filled in. */
  readonly say: (texts: Texts, values?: Readonly<Record<string, string>>) => string
  /** The form of a text that goes with a number. */
  readonly sayCount: (texts: CountedTexts, count: number, values?: Readonly<Record<string, string>>) => string
  /** A number as people of the language write it, to three decimals. */
  readonly number: (value: number) => string
  /** A number with all its digits: 0.0005 does not read as 0. */
  readonly exactNumber: (value: number) => string
  /** 22 Nov 2026, 14:03:12, in the zone of the speaker. @param ms milliseconds since the epoch */
  readonly instant: (ms: number) => string
  /** 22 November 2026, the day in UTC. @param ms milliseconds since the epoch */
  readonly day: (ms: number) => string
  /** Parts joined by "and" (`all`) or "or" (`any`). */
  readonly join: (parts: readonly string[], by: 'all' | 'any') => string
}

const LOCALES: Readonly<Record<Language, string>> = { en: 'en-GB', fr: 'fr' }

/**
 * A speaker of a language.
 * @param zone IANA name, in which instants are told
 * @param nameOf the name of an audience by its key; the key itself when it is not known
 */
export function speakerOf(language: Language, zone: string, nameOf: (audience: string) => string): Speaker {
  const locale = LOCALES[language]
  const plurals = new Intl.PluralRules(locale)
  const plain = new Intl.NumberFormat(locale)
  const exact = new Intl.NumberFormat(locale, { maximumSignificantDigits: 17 })
  const instant = new Intl.DateTimeFormat(locale, {
    dateStyle: 'medium',
    timeStyle: 'medium',
    timeZone: zone,
  })
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' })
  const all = new Intl.ListFormat(locale, { type: 'conjunction' })
  const any = new Intl.ListFormat(locale, { type: 'disjunction' })
  return {
    language,
    nameOf,
    say: (texts, values = {}) => fill(texts[language], values),
    sayCount: (texts, count, values = {}) => {
      const forms: Readonly<Record<string, string>> = texts[language]
      return fill(forms[plurals.select(count)] ?? (forms['other'] as string), values)
    },
    number: (value) => plain.format(value),
    exactNumber: (value) => exact.format(value),
    instant: (ms) => instant.format(ms),
    day: (ms) => day.format(ms),
    join: (parts, by) => (by === 'all' ? all : any).format(parts),
  }
}
