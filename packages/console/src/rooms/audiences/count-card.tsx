import type { Population } from '@affluent/protocol/condition'
import type { PreviewAnswer } from '@affluent/protocol/endpoints/audiences'
import { Loader } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { usePlaces } from '../../app/places.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { AsOf } from '../../pieces/as-of.tsx'
import { Initials } from '../../pieces/initials.tsx'
import { useErrorWords } from '../../words/error-words.ts'
import css from './builder.module.css'
import { besideTitle, type MemberIdentifier } from './member-title.ts'
import type { Preview } from './use-preview.ts'

/**
 * How many people a condition finds now, whom that counts, and a few of them. While a new figure is on its way, the old
 * one is grey.
 */
export function CountCard({ preview, population }: { preview: Preview; population: Population }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const say = useErrorWords()
  const { answer, isOld, isAsking, error } = preview
  return (
    <section className={`card ${css.card}`} aria-label={t('builder.count')}>
      <h2>{t('builder.count')}</h2>
      {answer === undefined && !isAsking && error === null && (
        <p className="quiet">{t('builder.countNone')}</p>
      )}
      {(answer !== undefined || isAsking) && (
        <div className="row" aria-live="polite" aria-atomic>
          <span className={css.figure} data-old={isOld || undefined}>
            {answer === undefined ? '–' : formats.number(answer.size)}
          </span>
          {isAsking && <Loader size="xs" aria-label={t('builder.counting')} />}
        </div>
      )}
      {answer !== undefined && (
        <p className="note">
          {t(population === 'known' ? 'population.knownUnit' : 'population.allUnit')}
          {' · '}
          <AsOf at={answer.asOf} />
        </p>
      )}
      {answer !== undefined && !isOld && <LoadNote load={answer.load} />}
      {error !== null && (
        <p className={css.fault} role="alert">
          <span>
            {error.status === 400 ? t('builder.countWaits') : t('builder.countError', { reason: say(error) })}
          </span>
        </p>
      )}
      {answer !== undefined && (
        <>
          <h2 style={{ marginTop: 12 }}>{t('builder.sample')}</h2>
          <Sample preview={preview} />
        </>
      )}
    </section>
  )
}

/** From half of a bound on: what is built here is felt by every event. */
function LoadNote({ load }: { load: PreviewAnswer['load'] }) {
  const { t } = useTranslation('audiences')
  const { series, seriesMax, ofOneEvent, ofOneEventMax, event } = load
  const isOfEvent = event !== null && ofOneEvent * 2 >= ofOneEventMax
  if (!isOfEvent && series * 2 < seriesMax) return null
  return (
    <p className="note" role="status">
      {isOfEvent
        ? t('builder.loadOfEvent', { event, count: ofOneEvent, max: ofOneEventMax })
        : t('builder.load', { count: series, max: seriesMax })}
    </p>
  )
}

function Sample({ preview: { answer, isOld } }: { preview: Preview }) {
  const { t } = useTranslation('audiences')
  const places = usePlaces()
  if (answer === undefined) return null
  if (answer.sample.length === 0) return <p className="quiet">{t('builder.sampleNone')}</p>
  return (
    <ul className={css.sample} data-old={isOld || undefined}>
      {answer.sample.map(({ profileId, title, identifiers }) => (
        <li key={profileId}>
          <Anchor href={places.person(profileId)}>
            <Initials name={title || profileId} seed={profileId} size={22} />
            <bdi className="cut">{title || profileId}</bdi>
            <Known identifiers={besideTitle(identifiers, title)} />
          </Anchor>
        </li>
      ))}
    </ul>
  )
}

/** What tells two people of one name apart. */
function Known({ identifiers: [first] }: { identifiers: readonly MemberIdentifier[] }) {
  return first === undefined ? null : (
    <span className="note cut">
      <bdi>{first.value}</bdi>
    </span>
  )
}
