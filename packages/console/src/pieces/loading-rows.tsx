import { useTranslation } from 'react-i18next'
import css from './state.module.css'

/** The shape of rows to come, shown from 200 ms on. */
export function LoadingRows({ rows = 6, height = 36 }: { rows?: number; height?: number }) {
  const { t } = useTranslation('pieces')
  return (
    <div className={css.loading} role="status" aria-label={t('loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <div
          key={`row${row}`}
          className={css.bar}
          style={{ height: height - 12, width: `${92 - ((row * 37) % 48)}%` }}
        />
      ))}
    </div>
  )
}
