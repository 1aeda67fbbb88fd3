import { useParams, useSearch } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/use-may.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'

/** An event by its position; opens it beside the profile. */
export function EventPositionLink({ position }: { position: number }) {
  const { t } = useTranslation('people')
  const places = usePlaces()
  const { profileId } = useParams({ from: '/w/$workspace/people/$profileId' })
  const { tab, audience, type } = useSearch({ from: '/w/$workspace/people/$profileId' })
  if (!useMay('events:read')) return <span className="quiet tabular">evt_{position}</span>
  return (
    <Anchor
      href={places.person(profileId, { tab, audience, type, event: `evt_${position}`, view: 'story' })}
      title={t('openEvent')}
      className="tabular"
    >
      evt_{position}
    </Anchor>
  )
}
