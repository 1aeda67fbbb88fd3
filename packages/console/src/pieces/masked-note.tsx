import { IconEyeOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../app/formats.ts'
import css from './state.module.css'

/** Says that personal values are left out of what is shown, since the member's role sees people masked. */
export function MaskedNote({ masked }: { masked: readonly string[] | undefined }) {
  const { t } = useTranslation('pieces')
  const formats = useFormats()
  const count = masked?.length ?? 0
  if (count === 0) return null
  return (
    <p className={css.masked}>
      <IconEyeOff size={16} stroke={1.5} aria-hidden />
      {t('masked', { count, shown: formats.number(count) })}
    </p>
  )
}
