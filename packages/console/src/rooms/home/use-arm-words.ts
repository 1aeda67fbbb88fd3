import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'
import type { Arm } from './river-model.ts'
import { useRateWords } from './use-rate-words.ts'

// Half an event a minute: below, what it carried lately says more.
const RATE_SEEN_FROM = 0.5 / 60

/** What stands beside an arm of the river: its name, and its rate or, when it is calm, what it carried lately. */
export function useArmWords(kind: 'source' | 'destination') {
  const { t } = useTranslation('home')
  const formats = useFormats()
  const say = useRateWords()
  return {
    nameOf: ({ name, others }: Arm): string => {
      if (others === undefined) return name
      return t(kind === 'source' ? 'river.otherSources' : 'river.otherDestinations', { count: others })
    },
    valueOf: ({ share, recent, trouble }: Arm, rate: number): string => {
      if (rate * share >= RATE_SEEN_FROM) return say(rate * share)
      if (trouble !== undefined) return t(`destinations.states.${trouble}`)
      if (recent === 0) return t('river.calm')
      return t(kind === 'source' ? 'river.lastHour' : 'river.lastDay', { shown: formats.compact(recent) })
    },
  }
}
