import { createInstance, type i18n } from 'i18next'
import { initReactI18next } from 'react-i18next'

export type Language = 'fr' | 'en'

const KEPT_AS = 'affluent-language'

type LoadWords = (language: Language) => Promise<Readonly<Record<string, object>>>

const words: i18n = createInstance()
let loadWords: LoadWords = async () => ({})

/** The first language in a browser's list that we speak; English otherwise. */
export function spokenLanguage(tags: readonly string[]): Language {
  const spoken = tags.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => tag === 'fr' || tag === 'en')
  return spoken === 'fr' ? 'fr' : 'en'
}

/**
 * Starts in the language that was last chosen in this browser, else in the browser's own.
 * @param load all words of a language, by namespace; nobody loads the other one's
 */
export async function startLanguage(load: LoadWords): Promise<void> {
  loadWords = load
  const kept = localStorage.getItem(KEPT_AS)
  const language = kept === 'fr' || kept === 'en' ? kept : spokenLanguage(navigator.languages)
  await words.use(initReactI18next).init({
    lng: language,
    resources: { [language]: await loadWords(language) },
    defaultNS: 'shell',
    // React escapes.
    interpolation: { escapeValue: false },
    returnNull: false,
  })
  document.documentElement.lang = language
}

/** Changes the language at once and remembers it in this browser. */
export async function speak(language: Language): Promise<void> {
  localStorage.setItem(KEPT_AS, language)
  if (words.language === language) return
  const namespaces = await loadWords(language)
  for (const [namespace, keys] of Object.entries(namespaces))
    words.addResourceBundle(language, namespace, keys)
  await words.changeLanguage(language)
  document.documentElement.lang = language
}
