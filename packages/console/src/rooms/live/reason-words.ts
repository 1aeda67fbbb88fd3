import { useTranslation } from 'react-i18next'

interface Ending {
  readonly outcome: string
  readonly code: string | null
}

/** Functions that say why an event ended as it did; undefined where we have no words of our own for it. */
export function useReasonWords(): {
  /** A few words, for a row. */
  readonly short: (ending: Ending) => string | undefined
  /** What is wrong and how to fix it. */
  readonly advice: (ending: Ending) => string | undefined
} {
  const { t, i18n } = useTranslation('live')
  const has = (key: string) => i18n.exists(key, { ns: 'live' })
  const keyOf = ({ outcome, code }: Ending) => (outcome === 'duplicate' ? 'duplicate' : (code ?? ''))
  return {
    short: (ending) => {
      const key = keyOf(ending) as 'missing_event'
      return has(`reasons.${key}`) ? t(`reasons.${key}`) : undefined
    },
    advice: (ending) => {
      const key = keyOf(ending) as 'missing_event'
      return has(`advice.${key}`) ? t(`advice.${key}`) : undefined
    },
  }
}
