import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { May } from '../../pieces/may.tsx'
import { SourceHealth } from '../sources/source-health.tsx'
import { HomeCard } from './home-card.tsx'
import css from './home-room.module.css'
import { useSources } from './use-river.ts'

const SHOWN = 6

/** The sources and how they fare. */
export function SourcesCard() {
  const { t } = useTranslation('home')
  const places = usePlaces()
  const formats = useFormats()
  const { data, error, refetch } = useSources()
  return (
    <HomeCard
      title={t('sources.title')}
      all={places.sources()}
      rows={data?.sources}
      error={error}
      onRetry={refetch}
      empty={
        <EmptyState
          title={t('sources.none')}
          lead={t('sources.noneLead')}
          action={
            <May to="sources:edit">
              <Button component={Anchor} href={places.sources({ add: true })} variant="default">
                {t('start.actions.source')}
              </Button>
            </May>
          }
        />
      }
    >
      {(sources: readonly SourceAnswer[]) =>
        sources.slice(0, SHOWN).map((source) => (
          <li key={source.slug}>
            <Anchor href={places.live({ source: source.slug })} className={css.name}>
              {source.name}
            </Anchor>
            <span className="note">{t('river.lastHour', { shown: formats.number(source.lastHour) })}</span>
            <SourceHealth source={source} />
          </li>
        ))
      }
    </HomeCard>
  )
}
