import { quoted } from '../../sentence/quoted.ts'
import type { Texts } from '../../sentence/texts.ts'
import type { LeafWords } from './leaf-words.ts'

const HAS: Texts = { en: 'who have an identifier {identifier}', fr: 'qui ont un identifiant {identifier}' }
const HAS_NOT: Texts = {
  en: 'who have no identifier {identifier}',
  fr: 'qui n’ont pas d’identifiant {identifier}',
}

export const identifierWords: LeafWords = {
  recognizes: ({ identifier }) => typeof identifier === 'string',
  describe: ({ identifier, op }, speaker) =>
    speaker.say(op === 'not_exists' ? HAS_NOT : HAS, {
      identifier: quoted(String(identifier), speaker.language),
    }),
  opposite: (leaf) => ({ ...leaf, op: leaf['op'] === 'not_exists' ? 'exists' : 'not_exists' }),
}
