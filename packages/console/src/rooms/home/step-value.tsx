import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import type { Step } from './river-model.ts'
import { useRateWords } from './use-rate-words.ts'

/** The figures of a step: its rate while it flows, its total, and how many of these wait for somebody. */
export function StepValue({ step: { rate, total, open = 0 } }: { step: Step }) {
  const { t } = useTranslation('home')
  const formats = useFormats()
  const say = useRateWords()
  return (
    <>
      {rate > 0 && <b>{say(rate)} · </b>}
      {formats.number(total)}
      {open > 0 && ` · ${t('river.open', { count: open, shown: formats.number(open) })}`}
    </>
  )
}
