import { marked } from '../../sentence/marked.ts'
import { quoted } from '../../sentence/quoted.ts'
import type { Texts } from '../../sentence/texts.ts'
import { jsonObject } from '../json-object.ts'
import type { LeafWords } from './leaf-words.ts'

const SENTENCE: Texts = {
  en: 'who are in a stable random share of {share}% (draw {seed}, from {from} to {to})',
  fr: 'qui sont dans une part stable de {share}\u202f% tirée au hasard (tirage {seed}, de {from} à {to})',
}

export const bucketWords: LeafWords = {
  recognizes: ({ bucket }) => jsonObject(bucket) !== undefined,
  describe: ({ bucket }, speaker) => {
    const { seed, from, to } = jsonObject(bucket) ?? {}
    const [low, high] = [Number(from), Number(to)]
    // what is left of 0.1 + 0.2 is no share that anybody wrote
    const share = Number((high - low).toFixed(9))
    return speaker.say(SENTENCE, {
      share: marked(speaker.number(share)),
      from: speaker.number(low),
      to: speaker.number(high),
      seed: quoted(String(seed), speaker.language),
    })
  },
}
