import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { May } from '../../pieces/may.tsx'
import { StatusBadge, type Tone } from '../../pieces/status-badge.tsx'
import { HomeCard } from './home-card.tsx'
import css from './home-room.module.css'
import { useDestinations } from './use-river.ts'

const SHOWN = 6
const TONES: Readonly<Record<DestinationAnswer['health']['state'], Tone>> = {
  idle: 'quiet',
  healthy: 'good',
  retrying: 'warn',
  failing: 'bad',
  stopped: 'bad',
  paused: 'held',
}

/** The destinations and whether they take what is queued for them. */
export function DestinationsCard() {
  const { t } = useTranslation('home')
  const places = usePlaces()
  const formats = useFormats()
  const { data, error, refetch } = useDestinations()
  return (
    <HomeCard
      title={t('destinations.title')}
      all={places.destinations()}
      rows={data?.destinations}
      error={error}
      onRetry={refetch}
      empty={
        <EmptyState
          title={t('destinations.none')}
          lead={t('destinations.noneLead')}
          action={
            <May to="destinations:edit">
              <Button component={Anchor} href={places.destinations({ new: 'yes' })} variant="default">
                {t('destinations.add')}
              </Button>
            </May>
          }
        />
      }
    >
      {(destinations: readonly DestinationAnswer[]) =>
        destinations.slice(0, SHOWN).map(({ id, name, health }) => (
          <li key={id}>
            <Anchor href={places.destination(id)} className={css.name}>
              {name}
            </Anchor>
            <span className="note">
              {health.queued > 0
                ? t('destinations.queued', { count: health.queued, shown: formats.compact(health.queued) })
                : t('destinations.delivered', { shown: formats.compact(health.last24h.delivered) })}
            </span>
            <StatusBadge plain tone={TONES[health.state]}>
              {t(`destinations.states.${health.state}`)}
            </StatusBadge>
          </li>
        ))
      }
    </HomeCard>
  )
}
