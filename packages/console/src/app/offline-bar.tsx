import { IconCloudOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useReachable } from '../api/reachability.ts'
import css from './workspace-bar.module.css'

/** Says that the server does not answer, so that old figures are not taken for new ones. */
export function OfflineBar() {
  const { t } = useTranslation('shell')
  const isReachable = useReachable()
  return (
    <div role="status">
      {!isReachable && (
        <div className={css.bar} data-tone="bad">
          <IconCloudOff size={14} stroke={1.5} aria-hidden />
          <span>{t('offline')}</span>
        </div>
      )}
    </div>
  )
}
