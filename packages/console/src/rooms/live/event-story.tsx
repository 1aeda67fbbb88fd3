import type { EventDetailAnswer } from '@affluent/protocol/endpoints/events'
import {
  type Icon,
  IconDatabase,
  IconDoorEnter,
  IconFingerprint,
  IconListCheck,
  IconSend2,
  IconUser,
  IconUsersGroup,
} from '@tabler/icons-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { Initials } from '../../pieces/initials.tsx'
import { May } from '../../pieces/may.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { DeliveryLine } from '../destinations/delivery-line.tsx'
import { useDecisionWords } from './decision-words.ts'
import { DeliveryBadge } from './delivery-badge.tsx'
import css from './event-story.module.css'
import { IdentifierText } from './identifier-text.tsx'
import { OutcomeBadge } from './outcome-badge.tsx'
import { useReasonWords } from './reason-words.ts'
import { useSources } from './use-sources.ts'

const UNDER_WAY = new Set(['queued', 'pending_retry'])
const LOOK_AGAIN_MS = 2_000

/** What an event caused, room after room. */
export function EventStory({ detail }: { detail: EventDetailAnswer }) {
  const { t } = useTranslation('live')
  const formats = useFormats()
  const { nameOf } = useSources()
  const reason = useReasonWords()
  const { event } = detail
  const isProcessed = event.outcome === 'processed'
  return (
    <ol className={css.story}>
      <Step icon={IconDoorEnter} title={t('story.received')}>
        {t('story.receivedLine', {
          source: nameOf(event.source),
          time: formats.exact(event.receivedAt),
          size: formats.size(event.bytes),
        })}
      </Step>
      <Step icon={IconListCheck} title={t('story.checked')}>
        <span className="row wrap">
          <OutcomeBadge outcome={event.outcome} />
          {event.isBot && <span className="note">{t('story.bot')}</span>}
          {event.isHistory && <span className="note">{t('story.history')}</span>}
        </span>
        {!isProcessed && event.code !== null && <p>{reason.short(event) ?? event.message}</p>}
        {event.outcome === 'accepted' && <p className="quiet">{t('story.waiting')}</p>}
      </Step>
      {isProcessed && <Processed detail={detail} />}
      {event.outcome !== 'processed' && event.outcome !== 'accepted' && (
        <li className={css.end}>{t(`story.ends.${event.outcome}`)}</li>
      )}
    </ol>
  )
}

function Processed({ detail }: { detail: EventDetailAnswer }) {
  const { t } = useTranslation('live')
  const { event, ledger, profile, audiences } = detail
  const places = usePlaces()
  const say = useDecisionWords()
  return (
    <>
      <Step icon={IconFingerprint} title={t('story.identity')}>
        {ledger.length === 0 && (
          <p className="quiet">{profile === null ? t('story.nobody') : t('story.knownAlready')}</p>
        )}
        {ledger.map((entry) => (
          <div key={entry.id} className={css.decision}>
            <b>{t(`kinds.${entry.kind}`)}</b>
            {entry.identifiers.map(({ namespace, value }) => (
              <IdentifierText key={`${namespace}:${value}`} namespace={namespace} value={value} />
            ))}
            <p className="quiet">{say(entry)}</p>
          </div>
        ))}
      </Step>
      {profile !== null && (
        <Step icon={IconUser} title={t('story.profile')}>
          <span className="row wrap">
            <Anchor href={places.person(profile.id)} className={css.person}>
              <Initials name={profile.title} seed={profile.id} size={24} />
              <PlainText>{profile.title}</PlainText>
            </Anchor>
            <span className="note">{t(`profileKinds.${profile.kind}`)}</span>
          </span>
        </Step>
      )}
      <Step icon={IconUsersGroup} title={t('story.audiences')}>
        {audiences.length === 0 && <p className="quiet">{t('story.noAudience')}</p>}
        {audiences.map(({ audience, name, entered, at }) => (
          <p key={`${audience} ${at}`}>
            {t(entered ? 'story.entered' : 'story.exited')}{' '}
            <Anchor href={places.audience(audience)}>
              <PlainText>{name}</PlainText>
            </Anchor>
          </p>
        ))}
      </Step>
      {event.position !== null && (
        <May to="deliveries:read">
          <Deliveries position={event.position} isHistory={event.isHistory} />
        </May>
      )}
      <Step icon={IconDatabase} title={t('story.stored')}>
        <p className="quiet">{t(event.isLoaded ? 'story.loaded' : 'story.loading')}</p>
      </Step>
    </>
  )
}

function Deliveries({ position, isHistory }: { position: number; isHistory: boolean }) {
  const { t } = useTranslation('live')
  const places = usePlaces()
  const request = api('GET /v1/deliveries', { query: { event: position, limit: 50 } })
  const { data, isError } = useGet(request, { everyMs: LOOK_AGAIN_MS })
  const isQueued = data?.deliveries.some(({ status }) => UNDER_WAY.has(status)) ?? false
  const destinations = useGet(api('GET /v1/destinations'), {
    enabled: (data?.deliveries.length ?? 0) > 0,
    freshMs: 30_000,
  })
  const nameOf = (id: string) => destinations.data?.destinations.find((one) => one.id === id)?.name ?? id
  return (
    <Step icon={IconSend2} title={t('story.deliveries')}>
      {isError && <p className="quiet">{t('story.deliveriesUnknown')}</p>}
      {data?.deliveries.length === 0 && (
        <p className="quiet">{t(isHistory ? 'story.historyDoesNotAct' : 'story.noDelivery')}</p>
      )}
      {data?.deliveries.map((delivery) => (
        <div key={delivery.id} className={css.delivery}>
          <DeliveryBadge status={delivery.status} />
          <Anchor href={places.destination(delivery.destination, { delivery: delivery.id })}>
            <PlainText>{nameOf(delivery.destination)}</PlainText>
          </Anchor>
          <DeliveryLine delivery={delivery} />
        </div>
      ))}
      {isQueued && <p className="note">{t('story.stillMoving')}</p>}
    </Step>
  )
}

function Step({ icon: Sign, title, children }: { icon: Icon; title: string; children: ReactNode }) {
  return (
    <li className={css.step}>
      <span className={css.sign} aria-hidden>
        <Sign size={16} stroke={1.5} />
      </span>
      <div className={css.said}>
        <h3>{title}</h3>
        {children}
      </div>
    </li>
  )
}
