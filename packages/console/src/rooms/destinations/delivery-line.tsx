import type { DeliveryAnswer } from '@affluent/protocol/delivery'
import { IconArrowNarrowRight } from '@tabler/icons-react'
import { Fragment } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { useNow } from '../../pieces/use-now.ts'
import { type StoryTry, storyOf } from './delivery-story.ts'
import css from './destinations.module.css'
import { useReasons } from './use-reasons.ts'

/** A delivery's whole story on one line: each try with its answer and time, then what comes next. */
export function DeliveryLine({ delivery }: { delivery: DeliveryAnswer }) {
  const { t } = useTranslation('destinations')
  const { tries, skipped, end } = storyOf(delivery)
  const first = tries[0]
  const others = tries.slice(1)
  if (first === undefined)
    return (
      <span className="quiet">
        {delivery.reason === null ? t('log.noTry') : <Reason code={delivery.reason} />}
      </span>
    )
  return (
    <span className={css.story}>
      <Try one={first} />
      {skipped > 0 && (
        <>
          <Arrow />
          <span className="note">{t('log.skipped', { count: skipped })}</span>
        </>
      )}
      {others.map((one) => (
        <Fragment key={one.number}>
          <Arrow />
          <Try one={one} />
        </Fragment>
      ))}
      {end === 'pending_retry' && <Next delivery={delivery} />}
      {end === 'failed' && delivery.reason !== null && (
        <span className="note">
          <Reason code={delivery.reason} />
        </span>
      )}
    </span>
  )
}

function Try({ one: { number, status, error, ms, isGood } }: { one: StoryTry }) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const reasons = useReasons()
  const said = status === null ? (error === null ? '–' : reasons.reason(error)) : String(status)
  return (
    <span className={css.try} data-good={isGood || undefined}>
      <span className="unseen">{t('log.trySaid', { number })}</span> {said} · {formats.duration(ms)}
    </span>
  )
}

function Arrow() {
  return <IconArrowNarrowRight size={14} stroke={1.5} className={css.arrow} aria-hidden />
}

function Next({ delivery: { nextAt } }: { delivery: DeliveryAnswer }) {
  const { t } = useTranslation('destinations')
  const formats = useFormats()
  const now = useNow()
  return (
    <>
      <Arrow />
      <span className="note">
        {nextAt === null ? t('log.behind') : t('log.nextTry', { when: formats.relative(nextAt, now) })}
      </span>
    </>
  )
}

function Reason({ code }: { code: string }) {
  const { reason } = useReasons()
  return <bdi>{reason(code)}</bdi>
}
