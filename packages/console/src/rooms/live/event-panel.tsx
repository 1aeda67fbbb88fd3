import type { EventDetailAnswer } from '@affluent/protocol/endpoints/events'
import type { EventRow } from '@affluent/protocol/event-row'
import { Tabs } from '@mantine/core'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useFormats } from '../../app/formats.ts'
import { CopyButton } from '../../pieces/copy-button.tsx'
import { ErrorState } from '../../pieces/error-state.tsx'
import { JsonText } from '../../pieces/json-view.tsx'
import { LoadingRows } from '../../pieces/loading-rows.tsx'
import { MaskedNote } from '../../pieces/masked-note.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { SidePanel } from '../../pieces/side-panel.tsx'
import { collectCurl } from './collect-curl.ts'
import { EventFacts } from './event-facts.tsx'
import css from './event-panel.module.css'
import { EventStory } from './event-story.tsx'
import { EventTrouble } from './event-trouble.tsx'
import { HandlingBadge } from './handling-badge.tsx'
import { EVENT_VIEWS, type EventView } from './live-search.ts'
import { OutcomeBadge } from './outcome-badge.tsx'
import { useSources } from './use-sources.ts'

interface EventPanelProps {
  /** evt_12 or out_3 */
  id: string
  view: EventView | undefined
  onView: (view: EventView) => void
  /** It stands differently than when it was first shown here. */
  onChanged?: ((row: EventRow) => void) | undefined
  /** Many were replayed from here. */
  onManyChanged?: (() => void) | undefined
  onClose: () => void
}

const LOOK_AGAIN_MS = 1_000

/** One event beside a list: as a tree, as it came, and what it caused. */
export function EventPanel({ id, view, onView, onChanged, onManyChanged, onClose }: EventPanelProps) {
  const { t } = useTranslation('live')
  const { data, error, refetch } = useGet(api('GET /v1/events/{id}', { params: { id } }), {
    everyMs: LOOK_AGAIN_MS * 5,
    keep: false,
  })
  const latest = useRef(onChanged)
  latest.current = onChanged
  const event = data?.event
  useEffect(() => {
    if (event !== undefined) latest.current?.(event)
  }, [event?.id, event?.outcome, event?.handling?.state, event?.handling?.position])
  const title = data === undefined ? t('panel.title') : nameOf(data, t('panel.title'))
  return (
    <SidePanel
      title={title}
      head={
        <div className="row">
          <h2 className="cut">
            <PlainText>{title}</PlainText>
          </h2>
          {data !== undefined && <OutcomeBadge outcome={data.event.outcome} />}
          {data !== undefined && <HandlingBadge handling={data.event.handling} />}
        </div>
      }
      onClose={onClose}
      width={560}
    >
      {data === undefined && error !== null && <ErrorState error={error} onRetry={refetch} />}
      {data === undefined && error === null && <LoadingRows />}
      <MaskedNote masked={data?.masked} />
      {data !== undefined && (
        <Detail key={id} detail={data} view={view ?? 'pretty'} {...{ onView, onManyChanged }} />
      )}
    </SidePanel>
  )
}

function nameOf({ event }: EventDetailAnswer, otherwise: string): string {
  return event.name === '' ? (event.type ?? otherwise) : event.name
}

interface DetailProps {
  detail: EventDetailAnswer
  view: EventView
  onView: (view: EventView) => void
  onManyChanged: (() => void) | undefined
}

function Detail({ detail, view, onView, onManyChanged }: DetailProps) {
  const { t } = useTranslation('live')
  return (
    <div className="stack">
      <EventTrouble detail={detail} onManyChanged={onManyChanged} />
      <Copies detail={detail} />
      <Tabs
        value={view}
        onChange={(value) => onView(EVENT_VIEWS.find((one) => one === value) ?? 'pretty')}
        keepMounted={false}
      >
        <Tabs.List>
          {EVENT_VIEWS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {t(`panel.views.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        <Tabs.Panel value="pretty" pt="md" className="stack">
          <EventFacts detail={detail} />
          <Content raw={detail.event.raw} />
        </Tabs.Panel>
        <Tabs.Panel value="raw" pt="md">
          <Raw detail={detail} />
        </Tabs.Panel>
        <Tabs.Panel value="story" pt="md">
          <EventStory detail={detail} />
        </Tabs.Panel>
      </Tabs>
    </div>
  )
}

function Copies({ detail: { event } }: { detail: EventDetailAnswer }) {
  const { t } = useTranslation('live')
  const { sources } = useSources()
  const { raw, type, source } = event
  if (raw === null) return null
  const writeKey = sources.find(({ slug }) => slug === source)?.writeKey ?? undefined
  return (
    <div className="row wrap">
      <CopyButton text={raw} label={t('panel.copyJson')} />
      <CopyButton
        text={collectCurl({ raw, type, writeKey, origin: window.location.origin })}
        label={t('panel.copyCurl')}
      />
      <span className="note">{t('panel.copyCurlHint')}</span>
    </div>
  )
}

function Content({ raw }: { raw: string | null }) {
  const { t } = useTranslation('live')
  if (raw === null) return <p className="quiet">{t('panel.notKept')}</p>
  return <JsonText text={raw} />
}

function Raw({ detail: { event } }: { detail: EventDetailAnswer }) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  if (event.raw === null) return <p className="quiet">{t('panel.notKept')}</p>
  return (
    <div className="stack" style={{ gap: 8 }}>
      <p className="note">{t('panel.rawNote', { size: formats.size(event.bytes) })}</p>
      <pre className={css.raw} tabIndex={0} aria-label={t('panel.views.raw')}>
        {event.raw}
      </pre>
    </div>
  )
}
