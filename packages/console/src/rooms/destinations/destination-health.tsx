import type { DestinationAnswer } from '@affluent/protocol/endpoints/destinations'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { RawMessage } from '../../pieces/raw-message.tsx'
import { useNow } from '../../pieces/use-now.ts'
import css from './destinations.module.css'
import { saysMore } from './last-error.ts'
import { useReasons } from './use-reasons.ts'

/** How a destination does: what waits and for how long, the breaker, the answers, and the last 24 hours. */
export function DestinationHealth({ destination: { id, health } }: { destination: DestinationAnswer }) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const places = usePlaces()
  const reasons = useReasons()
  const now = useNow()
  const { queued, oldestAgeMs, breaker, breakerUntil, last24h, p95Ms, lastDeliveredAt, lastError } = health
  const { delivered, deliveredFirstTry, failed, held } = last24h
  const ended = delivered + failed
  const logOf = (status: string) => `${places.destination(id, { status })}#log`
  const isRunning = health.state !== 'stopped' && health.state !== 'paused'
  return (
    <dl className={`card ${css.facts}`} aria-label={t('page.health')}>
      <div>
        <dt>{t('page.queued')}</dt>
        <dd>
          <span className={css.figure}>{formats.number(queued)}</span>
          {oldestAgeMs !== null && (
            <span className="note">{t('page.oldest', { duration: formats.duration(oldestAgeMs) })}</span>
          )}
        </dd>
      </div>
      <div>
        <dt>{t('page.delivered')}</dt>
        <dd>
          <span className={css.figure}>
            <Anchor href={logOf('delivered')}>{formats.number(delivered)}</Anchor>
          </span>
          {delivered > 0 && (
            <span className="note">
              {t('page.firstTry', { percent: formats.percent(deliveredFirstTry / delivered) })}
            </span>
          )}
        </dd>
      </div>
      <div>
        <dt>{t('page.failed')}</dt>
        <dd>
          <span className={css.figure}>
            <Anchor href={logOf('failed')}>{formats.number(failed)}</Anchor>
          </span>
          {ended > 0 && (
            <span className="note">{t('page.final', { percent: formats.percent(delivered / ended) })}</span>
          )}
        </dd>
      </div>
      {held > 0 && (
        <div>
          <dt>{t('page.held')}</dt>
          <dd>
            <span className={css.figure}>
              <Anchor href={logOf('held')}>{formats.number(held)}</Anchor>
            </span>
          </dd>
        </div>
      )}
      <div>
        <dt>{t('page.p95')}</dt>
        <dd>
          <span className={css.figure}>{p95Ms === null ? '–' : formats.duration(p95Ms)}</span>
        </dd>
      </div>
      <div>
        <dt>{t('page.last')}</dt>
        <dd>
          <Instant at={lastDeliveredAt} />
        </dd>
      </div>
      {isRunning && (
        <div>
          <dt>{t('page.breaker')}</dt>
          <dd>
            {t(`page.breakers.${breaker}`)}
            {breakerUntil !== null && (
              <span className="note" style={{ display: 'block' }} title={formats.exact(breakerUntil)}>
                {Date.parse(breakerUntil) > now
                  ? t('page.nextTry', { when: formats.relative(breakerUntil, now) })
                  : t('page.nextTryDue')}
              </span>
            )}
          </dd>
        </div>
      )}
      {lastError !== null && (
        <div className={css.wideFact}>
          <dt>{t('page.lastError')}</dt>
          <dd>
            {reasons.message(lastError)}{' '}
            {saysMore(lastError) && reasons.message(lastError) !== lastError && (
              <RawMessage text={lastError} />
            )}
          </dd>
        </div>
      )}
    </dl>
  )
}
