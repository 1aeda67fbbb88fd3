import { useTranslation } from 'react-i18next'
import { useFormats } from '../../app/formats.ts'

/** Says a rate per second as people read it: below one a second, how many a minute. */
export function useRateWords(): (perSecond: number) => string {
  const { t } = useTranslation('home')
  const formats = useFormats()
  return (perSecond) => {
    if (perSecond <= 0) return formats.number(0)
    if (perSecond >= 1) return t('river.perSecond', { rate: formats.rate(perSecond) })
    return t('river.perMinute', { rate: formats.number(Math.max(1, Math.round(perSecond * 60))) })
  }
}
