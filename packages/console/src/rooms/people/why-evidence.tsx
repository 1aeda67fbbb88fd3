import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { Instant } from '../../pieces/instant.tsx'
import { PlainText } from '../../pieces/plain-text.tsx'
import { EventPositionLink } from './event-position-link.tsx'
import { readEvidence } from './read-evidence.ts'
import css from './why-card.module.css'
import type { WhyLeaf } from './why-tree.ts'

/** The value or the events that decided a leaf. */
export function WhyEvidence({ leaf }: { leaf: WhyLeaf }) {
  const { t } = useTranslation('people')
  const formats = useFormats()
  const evidence = readEvidence(leaf)
  switch (evidence.kind) {
    case 'nothing':
      return null
    case 'value':
      return (
        <div className={css.evidence}>
          {evidence.text === undefined ? (
            t('why.noValue')
          ) : (
            <>
              {t('why.value')} <PlainText code>{evidence.text}</PlainText>
              {evidence.at !== undefined && (
                <>
                  {', '}
                  <Instant at={evidence.at} />
                </>
              )}
              {evidence.position !== undefined && (
                <>
                  {', '}
                  {t('why.event')} <EventPositionLink position={evidence.position} />
                </>
              )}
            </>
          )}
        </div>
      )
    case 'events':
      return (
        <div className={css.evidence}>
          {evidence.value === undefined
            ? t('why.count', { count: evidence.count, shown: formats.number(evidence.count) })
            : t('why.aggregate', { value: evidence.value ?? '–', shown: formats.number(evidence.count) })}
          {evidence.events.length > 0 && (
            <ul className={css.events} aria-label={t('why.events')}>
              {evidence.events.map(({ position, at }) => (
                <li key={position}>
                  <EventPositionLink position={position} /> <Instant at={at} />
                </li>
              ))}
            </ul>
          )}
        </div>
      )
    case 'cold':
      return (
        <div className={css.evidence}>
          {evidence.at === undefined
            ? t('why.coldUnknown')
            : t('why.cold', { time: formats.exact(evidence.at) })}
        </div>
      )
    case 'namespaces':
      return (
        <div className={css.evidence}>
          {evidence.names.length === 0
            ? t('why.noNamespaces')
            : t('why.namespaces', { names: formats.list(evidence.names) })}
        </div>
      )
    case 'place':
      return <div className={css.evidence}>{t('why.place', { place: formats.number(evidence.place) })}</div>
  }
}
