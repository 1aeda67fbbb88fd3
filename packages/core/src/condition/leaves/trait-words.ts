import type { ValueOp } from '@affluent/protocol/condition'
import { quoted } from '../../sentence/quoted.ts'
import type { Texts } from '../../sentence/texts.ts'
import { describeTest } from '../describe/describe-test.ts'
import { oppositeOf } from '../operators/operators.ts'
import type { LeafWords } from './leaf-words.ts'

const SENTENCE: Texts = { en: 'whose {trait} {test}', fr: 'dont {trait} {test}' }

export const traitWords: LeafWords = {
  recognizes: ({ trait }) => typeof trait === 'string',
  describe: ({ trait, ...test }, speaker) =>
    speaker.say(SENTENCE, {
      trait: quoted(String(trait), speaker.language),
      test: describeTest(test, speaker),
    }),
  opposite: (leaf) => {
    const op = oppositeOf(leaf['op'] as ValueOp)
    return op === undefined ? undefined : { ...leaf, op }
  },
}
