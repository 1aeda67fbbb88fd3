import { Tooltip } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../app/formats.ts'
import { useNow } from './use-now.ts'

/** An instant as an age, with the exact time and its zone on hover. `exact` turns the two round. */
export function Instant({ at, exact = false }: { at: string | null | undefined; exact?: boolean }) {
  const { t } = useTranslation('pieces')
  const formats = useFormats()
  const now = useNow()
  if (at === null || at === undefined) return <span className="quiet">–</span>
  const full = t('exact', { time: formats.exact(at), zone: formats.zone })
  const age = Math.abs(now - new Date(at).getTime()) < 1_000 ? t('justNow') : formats.relative(at, now)
  return (
    <Tooltip label={exact ? age : full} withinPortal>
      <time dateTime={at} className={exact ? 'cut tabular' : 'cut'}>
        {exact ? formats.exact(at) : age}
      </time>
    </Tooltip>
  )
}
