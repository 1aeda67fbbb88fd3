import { Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../app/formats.ts'

/** As of when a figure holds. */
export function AsOf({ at }: { at: string | number | null | undefined }) {
  const { t } = useTranslation('pieces')
  const formats = useFormats()
  if (at === null || at === undefined) return null
  return (
    <Tooltip label={t('asOfHint', { time: formats.exact(at), zone: formats.zone })}>
      <span className="note">{t('asOf', { time: formats.time(at) })}</span>
    </Tooltip>
  )
}
