import type { Texts } from '../../sentence/texts.ts'
import type { LeafWords } from './leaf-words.ts'

const SENTENCE: Texts = {
  en: 'who are known: at least one identifier names a person',
  fr: 'qui sont connues\u202f: un identifiant les nomme',
}

export const knownWords: LeafWords = {
  recognizes: ({ population }) => population === 'known',
  describe: (_, speaker) => speaker.say(SENTENCE),
}
