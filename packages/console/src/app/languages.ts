import type { Language } from './language.ts'

/** The languages of the console, each in its own words. */
export const LANGUAGES: ReadonlyArray<{ readonly code: Language; readonly name: string }> = [
  { code: 'fr', name: 'Français' },
  { code: 'en', name: 'English' },
]
