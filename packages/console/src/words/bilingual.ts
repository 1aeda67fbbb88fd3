import type { Language } from '../app/language.ts'

/** A text in both languages, where it stands with what it names. */
export type Bilingual = Readonly<Record<Language, string>>
