import { useTranslation } from 'react-i18next'
import css from './live-dot.module.css'

/** Says in a word and a dot whether what is shown moves by itself. */
export function LiveDot({ isLive, children }: { isLive: boolean; children?: string | undefined }) {
  const { t } = useTranslation('pieces')
  return (
    <span className={css.live} data-live={isLive || undefined}>
      <span className={css.dot} aria-hidden />
      {children ?? (isLive ? t('live') : t('paused'))}
    </span>
  )
}
