import type { Population } from '@affluent/protocol/condition'
import { Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { Sentence } from '../../conditions/sentence.tsx'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './builder.module.css'
import type { ConditionParts } from './condition-model.ts'
import { describeClause } from './describe-condition.ts'
import { useWaterfall } from './use-waterfall.ts'
import { type WaterfallStep, waterfallSteps } from './waterfall.ts'

/** The count after each condition, one added after the other; asked for by a button, and it can be stopped. */
export function WaterfallCard({ parts, population }: { parts: ConditionParts; population: Population }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const describe = useStepWords(population)
  const steps = waterfallSteps(parts)
  const { counted, isRunning, isOld, error, start, stop } = useWaterfall(steps, population)
  const isUseful = steps.some(({ kind }) => kind !== 'everyone')
  const most = Math.max(1, ...counted.map(({ size }) => size ?? 0))
  return (
    <section className={`card ${css.card}`} aria-label={t('builder.waterfall')}>
      <h2>{t('builder.waterfall')}</h2>
      {counted.length === 0 && <p className="note">{t('builder.waterfallLead')}</p>}
      {isOld && <p className="note">{t('builder.waterfallOld')}</p>}
      {counted.length > 0 && (
        <ol className={css.steps} data-old={isOld || undefined} aria-busy={isRunning}>
          {counted.map(({ step, size }, index) => (
            <li key={`step${index}`} className={css.step}>
              <Sentence text={describe(step)} />
              <span className="tabular">{size === undefined ? '–' : formats.number(size)}</span>
              <span className={css.track} aria-hidden>
                <span
                  className={css.fill}
                  style={{ display: 'block', width: `${((size ?? 0) / most) * 100}%` }}
                />
              </span>
            </li>
          ))}
        </ol>
      )}
      <ErrorNote error={error} />
      <div style={{ marginTop: 8 }}>
        {isRunning ? (
          <Button size="xs" variant="default" onClick={stop}>
            {t('builder.waterfallStop')}
          </Button>
        ) : (
          <Button size="xs" variant="default" disabled={!isUseful} onClick={start}>
            {t(counted.length === 0 ? 'builder.waterfallStart' : 'builder.waterfallAgain')}
          </Button>
        )}
      </div>
    </section>
  )
}

function useStepWords(population: Population): (step: WaterfallStep) => string {
  const { t } = useTranslation('audiences')
  const speaker = useSpeaker()
  return ({ kind, added, count }) => {
    if (kind === 'everyone') return t(`say.everyone.${population}`)
    if (added === null) return t('builder.waterfallRest', { count })
    const clause = describeClause(added, speaker)
    if (kind === 'except') return t('builder.waterfallExcept', { clause })
    return t(kind === 'or' ? 'builder.waterfallOr' : 'builder.waterfallAnd', { clause })
  }
}
