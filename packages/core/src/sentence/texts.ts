/** The languages in which sentences are made. */
export const LANGUAGES = ['en', 'fr'] as const
export type Language = (typeof LANGUAGES)[number]

/** One text in every language; `{name}` stands for a value that is filled in. */
export type Texts = Readonly<Record<Language, string>>

/** A text by number, as `Intl.PluralRules` names the forms of each language: French has its own from a million on. */
export interface CountedTexts {
  readonly en: Readonly<Record<'one' | 'other', string>>
  readonly fr: Readonly<Record<'one' | 'many' | 'other', string>>
}

/**
 * A text with its values filled in.
 * @param text may name each value as `{name}`
 * @throws when the text names a value that is not given
 */
export function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name]
    if (value === undefined) throw new Error(`The text "${text}" has no value for "${name}".`)
    return value
  })
}
