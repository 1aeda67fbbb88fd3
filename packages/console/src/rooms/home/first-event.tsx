import { IconArrowRight } from '@tabler/icons-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { LiveDot } from '../../pieces/live-dot.tsx'
import { StatusBadge } from '../../pieces/status-badge.tsx'
import css from './first-steps.module.css'

const WAITING_EVERY_MS = 400
const ARRIVED_EVERY_MS = 3_000

/** Waits for the first event and turns into it. */
export function FirstEvent() {
  const { t } = useTranslation('home')
  const places = usePlaces()
  const [hasArrived, setHasArrived] = useState(false)
  const [wasEmpty, setWasEmpty] = useState(false)
  const { data } = useGet(api('GET /v1/events', { query: { limit: 1 } }), {
    everyMs: hasArrived ? ARRIVED_EVERY_MS : WAITING_EVERY_MS,
  })
  const event = data?.events[0]
  if (data !== undefined && event === undefined && !wasEmpty) setWasEmpty(true)
  if (event !== undefined && !hasArrived) setHasArrived(true)
  // Nothing is said before it is known whether there is one.
  if (data === undefined) return <div className={css.event} />
  const identifier = event?.identifiers[0]
  return (
    <div className={css.event} data-arrived={event !== undefined || undefined} role="status">
      {event === undefined ? (
        <>
          <LiveDot isLive>{t('start.waiting')}</LiveDot>
          <span className="note">{t('start.waitingHint')}</span>
        </>
      ) : (
        <>
          <StatusBadge plain tone={event.outcome === 'refused' ? 'bad' : 'good'}>
            {wasEmpty ? t('start.arrived') : t('start.arrivedLater')}
          </StatusBadge>
          <b>{event.name === '' ? event.type : event.name}</b>
          {identifier !== undefined && (
            <span className="code">
              {identifier.namespace}:{identifier.value}
            </span>
          )}
          <span className="note">
            <Instant at={event.receivedAt} />
          </span>
          <span className="grow" />
          <Anchor href={places.live({ event: event.id })} className="row">
            {t('start.see')} <IconArrowRight size={14} stroke={1.5} aria-hidden />
          </Anchor>
        </>
      )}
    </div>
  )
}
