import { describeClause, describeEveryone } from '@affluent/core/condition/describe/describe-condition'
import type { Population } from '@affluent/protocol/condition'
import { Button } from '@mantine/core'
import { IconAlertTriangle } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import { Sentence } from '../../conditions/sentence.tsx'
import { useSpeaker } from '../../conditions/use-speaker.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './builder.module.css'
import type { ConditionParts } from './condition-model.ts'
import { useConditionWarning } from './condition-warnings.tsx'
import { type CountedStep, useWaterfall } from './use-waterfall.ts'
import { type WaterfallStep, waterfallSteps } from './waterfall.ts'

/** The count after each condition, one added after the other; it follows every change. */
export function WaterfallCard({ parts, population }: { parts: ConditionParts; population: Population }) {
  const { t } = useTranslation('audiences')
  const formats = useFormats()
  const describe = useStepWords(population)
  const say = useConditionWarning()
  const steps = waterfallSteps(parts)
  const { counted, isRunning, error, again } = useWaterfall(steps, population)
  if (!steps.some(({ kind }) => kind !== 'everyone')) return null
  const most = Math.max(1, ...counted.map(({ answer }) => answer?.size ?? 0))
  return (
    <section className={`card ${css.card}`} aria-label={t('builder.waterfall')}>
      <h2>{t('builder.waterfall')}</h2>
      <ol className={css.steps} aria-busy={isRunning}>
        {counted.map(({ step, answer }, index) => (
          <li key={`step${index}`} className={css.step}>
            <Sentence text={describe(step)} />
            <span className="tabular">{answer === undefined ? '–' : formats.number(answer.size)}</span>
            <span className={css.track} aria-hidden>
              <span
                className={css.fill}
                style={{ display: 'block', width: `${((answer?.size ?? 0) / most) * 100}%` }}
              />
            </span>
            {newWarnings(counted, index).map((warning) => (
              <span key={`${warning.code} ${warning.name}`} className={css.stepWarning}>
                <IconAlertTriangle size={14} stroke={1.5} aria-hidden />
                <Sentence text={say(warning)} />
              </span>
            ))}
          </li>
        ))}
      </ol>
      <ErrorNote error={error} />
      {error !== null && (
        <Button size="xs" variant="default" onClick={again}>
          {t('builder.waterfallAgain')}
        </Button>
      )}
    </section>
  )
}

/** What a step names that has never been seen, and the steps before it do not. */
function newWarnings(counted: readonly CountedStep[], index: number) {
  const before = new Set(counted[index - 1]?.answer?.warnings.map(({ code, name }) => `${code} ${name}`))
  return counted[index]?.answer?.warnings.filter(({ code, name }) => !before.has(`${code} ${name}`)) ?? []
}

function useStepWords(population: Population): (step: WaterfallStep) => string {
  const { t } = useTranslation('audiences')
  const speaker = useSpeaker()
  return ({ kind, added, count }) => {
    if (kind === 'everyone') return describeEveryone(population, speaker)
    if (added === null) return t('builder.waterfallRest', { count })
    const clause = describeClause(added, speaker)
    if (kind === 'except') return t('builder.waterfallExcept', { clause })
    return t(kind === 'or' ? 'builder.waterfallOr' : 'builder.waterfallAnd', { clause })
  }
}
