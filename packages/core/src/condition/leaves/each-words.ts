import { quoted } from '../../sentence/quoted.ts'
import type { Texts } from '../../sentence/texts.ts'
import { describeTests } from '../describe/describe-test.ts'
import type { LeafWords } from './leaf-words.ts'

const SENTENCE: Texts = {
  en: 'who have an element of {list} in which {tests}',
  fr: 'dont un même élément de {list} est tel que {tests}',
}

export const eachWords: LeafWords = {
  recognizes: ({ each }) => typeof each === 'string',
  describe: ({ each, where }, speaker) =>
    speaker.say(SENTENCE, {
      list: quoted(String(each), speaker.language),
      tests: describeTests(where, speaker),
    }),
}
