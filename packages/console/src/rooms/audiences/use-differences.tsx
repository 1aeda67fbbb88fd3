import { describeCondition } from '@affluent/core/condition/describe/describe-condition'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { Json } from '@affluent/protocol/event'
import { useTranslation } from 'react-i18next'
import { Sentence } from '../../conditions/sentence.tsx'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import type { Difference } from '../../pieces/changed-meanwhile.tsx'
import { type AudienceDraft, readDraft } from './audience-draft.ts'

/** What differs between a draft and the audience as it is now. */
export function useDifferences(): (draft: AudienceDraft, audience: AudienceAnswer) => Difference[] {
  const { t } = useTranslation('audiences')
  const speaker = useSpeaker()
  return (draft, audience) => {
    const { condition } = readDraft(draft)
    const say = (said: Json, population: AudienceAnswer['population']) => (
      <Sentence text={describeCondition({ condition: said, population }, speaker)} />
    )
    const isSameCondition =
      JSON.stringify(condition) === JSON.stringify(audience.condition) &&
      draft.population === audience.population
    return [
      ...(draft.name.trim() === audience.name
        ? []
        : [{ label: t('builder.name'), mine: draft.name, theirs: audience.name }]),
      ...(isSameCondition
        ? []
        : [
            {
              label: t('page.sentence'),
              mine: say(condition, draft.population),
              theirs: say(audience.condition as Json, audience.population),
            },
          ]),
    ]
  }
}
