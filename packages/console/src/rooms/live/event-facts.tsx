import type { EventDetailAnswer } from '@affluent/protocol/endpoints/events'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import css from './event-panel.module.css'
import { IdentifierText } from './identifier-text.tsx'
import { strongestFirst } from './strongest.ts'
import { useSources } from './use-sources.ts'

/** Whose an event is, where it came from and when. */
export function EventFacts({ detail: { event, profile } }: { detail: EventDetailAnswer }) {
  const { t } = useTranslation('live')
  const places = usePlaces()
  const formats = useFormats()
  const { nameOf } = useSources()
  return (
    <dl className={css.facts}>
      <Fact name={t('columns.type')}>{event.type ?? t('unknownType')}</Fact>
      {event.identifiers.length > 0 && (
        <Fact name={t('facts.identifiers')}>
          <span className={css.identifiers}>
            {strongestFirst(event.identifiers).map(({ namespace, value }) => (
              <IdentifierText key={`${namespace}:${value}`} namespace={namespace} value={value} />
            ))}
          </span>
        </Fact>
      )}
      {profile !== null && (
        <Fact name={t('story.profile')}>
          <Anchor href={places.person(profile.id)}>
            <PlainText>{profile.title}</PlainText>
          </Anchor>
        </Fact>
      )}
      <Fact name={t('columns.source')}>
        <PlainText>{nameOf(event.source)}</PlainText>
      </Fact>
      <Fact name={t('facts.timestamp')}>
        <Instant at={event.timestamp} exact />
      </Fact>
      <Fact name={t('facts.receivedAt')}>
        <Instant at={event.receivedAt} exact />
      </Fact>
      {event.position !== null && (
        <Fact name={t('facts.position')}>
          <span className="tabular">{formats.number(event.position)}</span>
        </Fact>
      )}
      {event.messageId !== null && (
        <Fact name="messageId">
          <PlainText code>{event.messageId}</PlainText>
        </Fact>
      )}
    </dl>
  )
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  )
}
