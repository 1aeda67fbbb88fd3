import { marked } from './marked.ts'
import { fill, type Language, type Texts } from './texts.ts'

const QUOTED: Texts = { en: '“{value}”', fr: '«\u202f{value}\u202f»' }

/** A name or text from data in the quotation marks of the language, marked. */
export function quoted(text: string, language: Language): string {
  return fill(QUOTED[language], { value: marked(text) })
}
