import type { Json } from '@affluent/protocol/event'
import { quoted } from '../../sentence/quoted.ts'
import type { Speaker } from '../../sentence/speaker.ts'
import type { Texts } from '../../sentence/texts.ts'
import type { LeafWords } from './leaf-words.ts'

const MEMBER: Texts = { en: 'who are in the audience {audience}', fr: 'qui sont dans l’audience {audience}' }
const NO_MEMBER: Texts = {
  en: 'who are not in the audience {audience}',
  fr: 'qui ne sont pas dans l’audience {audience}',
}

export const audienceWords: LeafWords = {
  recognizes: ({ audience }) => typeof audience === 'string',
  describe: ({ audience }, speaker) => speaker.say(MEMBER, { audience: nameOf(audience, speaker) }),
  describeNot: ({ audience }, speaker) => speaker.say(NO_MEMBER, { audience: nameOf(audience, speaker) }),
}

function nameOf(key: Json | undefined, speaker: Speaker): string {
  return quoted(speaker.nameOf(String(key)), speaker.language)
}
