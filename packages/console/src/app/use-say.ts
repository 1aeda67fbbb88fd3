import { useTranslation } from 'react-i18next'
import type { Bilingual } from '../words/bilingual.ts'

/** A function that says a text of a declaration in the member's language. */
export function useSay(): (text: Bilingual) => string {
  const { i18n } = useTranslation()
  return (text) => text[i18n.language === 'fr' ? 'fr' : 'en']
}
