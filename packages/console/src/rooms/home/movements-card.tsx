import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { Button } from '@mantine/core'
import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { May } from '../../pieces/may.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import { HomeCard } from './home-card.tsx'
import css from './home-room.module.css'

const SHOWN = 6
const EVERY_MS = 10_000

/** The audiences, those that moved most first. */
export function MovementsCard() {
  const { t } = useTranslation('home')
  const places = usePlaces()
  const formats = useFormats()
  const audiences = useGet(api('GET /v1/audiences'), { everyMs: EVERY_MS })
  const movements = useGet(api('GET /v1/audiences/movements'), { everyMs: EVERY_MS })
  const moved = new Map(movements.data?.movements.map((one) => [one.audience, one]))
  const size = (key: string) => (moved.get(key)?.entered ?? 0) + (moved.get(key)?.exited ?? 0)
  return (
    <HomeCard
      title={t('movements.title')}
      beside={t('movements.since')}
      all={places.audiences()}
      rows={audiences.data?.audiences.toSorted((a, b) => size(b.key) - size(a.key))}
      error={audiences.error}
      onRetry={audiences.refetch}
      empty={
        <EmptyState
          title={t('movements.none')}
          lead={t('movements.noneLead')}
          action={
            <May to="audiences:edit">
              <Button component={Anchor} href={places.audiences({ new: 'yes' })} variant="default">
                {t('movements.add')}
              </Button>
            </May>
          }
        />
      }
    >
      {(rows: readonly AudienceAnswer[]) =>
        rows.slice(0, SHOWN).map(({ key, name, size: members, status, progress }) => (
          <li key={key}>
            <Anchor href={places.audience(key)} className={css.name}>
              {name}
            </Anchor>
            {status === 'preparing' && (
              <StatusBadge plain tone="busy">
                {t('movements.preparing', { percent: formats.percent(progress) })}
              </StatusBadge>
            )}
            {movements.data !== undefined && size(key) === 0 && (
              <span className="note">{t('movements.still')}</span>
            )}
            <Moved count={moved.get(key)?.entered ?? 0} direction="entered" />
            <Moved count={moved.get(key)?.exited ?? 0} direction="exited" />
            {members !== null && (
              <span className="note tabular">{t('movements.size', { shown: formats.compact(members) })}</span>
            )}
          </li>
        ))
      }
    </HomeCard>
  )
}

function Moved({ count, direction }: { count: number; direction: 'entered' | 'exited' }) {
  const { t } = useTranslation('home')
  const formats = useFormats()
  if (count === 0) return null
  const Sign = direction === 'entered' ? IconArrowUpRight : IconArrowDownRight
  return (
    <span
      className={`${css.moved} ${direction === 'entered' ? css.in : css.out}`}
      title={t(`movements.${direction}`, { count, shown: formats.number(count) })}
    >
      <Sign size={14} stroke={1.75} aria-hidden />
      <span aria-hidden>{formats.compact(count)}</span>
      <span className="unseen">{t(`movements.${direction}`, { count, shown: formats.number(count) })}</span>
    </span>
  )
}
