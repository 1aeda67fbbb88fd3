import type { PersonEvent, ProfileAnswer } from '@affluent/protocol/endpoints/profiles'
import { EVENT_TYPES, type EventType } from '@affluent/protocol/event'
import { Button, Select } from '@mantine/core'
import { useIntersection } from '@mantine/hooks'
import {
  type Icon,
  IconActivity,
  IconAppWindow,
  IconBuilding,
  IconDeviceMobile,
  IconId,
  IconLink,
} from '@tabler/icons-react'
import { useParams, useSearch } from '@tanstack/react-router'
import { type ReactNode, useEffect, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useMay } from '../../api/use-may.ts'
import { usePages } from '../../api/use-pages.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { useSources } from '../live/use-sources.ts'
import { lineOf } from './event-line.ts'
import { groupBySession, type Session } from './sessions.ts'
import css from './timeline.module.css'

interface TimelineProps {
  profile: ProfileAnswer
  type: EventType | undefined
  onType: (type: EventType | undefined) => void
}

const PAGE_EVENTS = 50

const ICONS: Readonly<Record<string, Icon>> = {
  track: IconActivity,
  page: IconAppWindow,
  screen: IconDeviceMobile,
  identify: IconId,
  group: IconBuilding,
  alias: IconLink,
}

/** What somebody did, newest first, in sessions under their days. */
export function Timeline({ profile, type, onType }: TimelineProps) {
  const { t } = useTranslation('people')
  const formats = useFormats()
  const pages = usePages(
    api('GET /v1/profiles/{id}/events', { params: { id: profile.id }, query: { limit: PAGE_EVENTS } }),
  )
  const all = useMemo(() => pages.data?.pages.flatMap(({ events }) => events), [pages.data])
  const events = all?.filter((event) => type === undefined || event.type === type)
  const days = useMemo(
    () => groupBySession(events ?? [], (instant) => formats.day(instant)),
    [all, type, formats],
  )
  const { ref, entry } = useIntersection({ rootMargin: '400px' })
  const isNear = entry?.isIntersecting === true
  useEffect(() => {
    if (isNear && pages.hasNextPage && !pages.isFetchingNextPage && !pages.isFetchNextPageError)
      void pages.fetchNextPage()
  }, [isNear, pages.hasNextPage, pages.isFetchingNextPage])
  return (
    <section className="card" aria-label={t('timeline.title')}>
      <div className={css.head}>
        <h2 className="grow">{t('timeline.title')}</h2>
        <Newer profile={profile} readAt={pages.dataUpdatedAt} onShow={() => void pages.refetch()} />
        <Select
          size="xs"
          aria-label={t('timeline.type')}
          placeholder={t('timeline.anyType')}
          clearable
          value={type ?? null}
          onChange={(value) => onType(EVENT_TYPES.find((one) => one === value))}
          data={[...EVENT_TYPES]}
          w={150}
        />
      </div>
      {all === undefined && pages.error === null && <LoadingRows rows={8} />}
      {all === undefined && pages.error !== null && (
        <ErrorState error={pages.error} onRetry={pages.refetch} />
      )}
      {all?.length === 0 && <EmptyState title={t('timeline.none')} lead={t('timeline.noneLead')} />}
      {all !== undefined && all.length > 0 && events?.length === 0 && (
        <p className={css.nothing}>
          {t('timeline.noneOfType', { count: all.length, shown: formats.number(all.length) })}
        </p>
      )}
      {days.map(({ day, sessions }) => (
        <section key={day} aria-label={day}>
          <h3 className={css.day}>{day}</h3>
          {sessions.map((session) => (
            <SessionBlock key={session.events[0]?.position} session={session} />
          ))}
        </section>
      ))}
      {pages.hasNextPage && (
        <div ref={ref} className={css.more}>
          <Button
            variant="subtle"
            size="xs"
            loading={pages.isFetchingNextPage}
            onClick={() => void pages.fetchNextPage()}
          >
            {t('timeline.older')}
          </Button>
        </div>
      )}
      {!pages.hasNextPage && all !== undefined && all.length > 0 && (
        <p className={css.end}>{t('timeline.end')}</p>
      )}
    </section>
  )
}

/** Says that more came since the list was read; the list itself holds still. */
function Newer({
  profile: { events },
  readAt,
  onShow,
}: {
  profile: ProfileAnswer
  readAt: number
  onShow: () => void
}) {
  const { t } = useTranslation('people')
  const formats = useFormats()
  const [known, setKnown] = useState({ events, readAt })
  if (known.readAt !== readAt) setKnown({ events, readAt })
  const count = events - known.events
  if (count <= 0) return null
  return (
    <Button size="xs" variant="light" onClick={onShow}>
      {t('timeline.newer', { count, shown: formats.number(count) })}
    </Button>
  )
}

function SessionBlock({ session }: { session: Session<PersonEvent> }) {
  const { t } = useTranslation('people')
  const formats = useFormats()
  const { from, to, events } = session
  const length = Date.parse(to) - Date.parse(from)
  return (
    <div className={css.session}>
      {events.length > 1 && (
        <p className={css.sessionHead}>
          {length < 1_000
            ? formats.time(to)
            : t('timeline.session', { from: formats.time(from), to: formats.time(to) })}
          {' · '}
          {t('timeline.events', { count: events.length, shown: formats.number(events.length) })}
          {length >= 1_000 && ` · ${formats.duration(length)}`}
        </p>
      )}
      <ul className={css.events}>
        {events.map((event) => (
          <EventItem key={event.position} event={event} />
        ))}
      </ul>
    </div>
  )
}

function EventItem({ event }: { event: PersonEvent }) {
  const formats = useFormats()
  const { nameOf } = useSources()
  const { name, details } = lineOf(event)
  const Sign = ICONS[event.type] ?? IconActivity
  return (
    <li>
      <EventLink position={event.position}>
        <span className={css.sign} aria-hidden>
          <Sign size={16} stroke={1.5} />
        </span>
        <span className={css.what}>
          <span className={css.name}>
            <span className={css.type}>{event.type}</span>
            {name !== '' && (
              <b>
                <PlainText>{name}</PlainText>
              </b>
            )}
          </span>
          {details.length > 0 && (
            <span className={css.details}>
              {details.map(([key, value]) => (
                <span key={key}>
                  <PlainText>{key}</PlainText> <PlainText>{value}</PlainText>
                </span>
              ))}
            </span>
          )}
        </span>
        <span className={css.when}>
          <time className="tabular" dateTime={event.timestamp} title={formats.exact(event.timestamp)}>
            {formats.time(event.timestamp)}
          </time>
          <PlainText>{nameOf(event.source)}</PlainText>
        </span>
      </EventLink>
    </li>
  )
}

function EventLink({ position, children }: { position: number; children: ReactNode }) {
  const places = usePlaces()
  const { profileId } = useParams({ from: '/w/$workspace/people/$profileId' })
  const { type } = useSearch({ from: '/w/$workspace/people/$profileId' })
  if (!useMay('events:read')) return <div className={css.event}>{children}</div>
  return (
    <Anchor href={places.person(profileId, { type, event: `evt_${position}` })} className={css.event}>
      {children}
    </Anchor>
  )
}
