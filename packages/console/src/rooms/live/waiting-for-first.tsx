import { IconActivityHeartbeat } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { LiveDot } from '../../pieces/live-dot.tsx'
import { FirstSnippet } from '../home/first-snippet.tsx'
import css from './feed-table.module.css'

/** Before the first event: code to paste that sends one, with the real key in it. */
export function WaitingForFirst() {
  const { t } = useTranslation('live')
  return (
    <div className="card">
      <EmptyState icon={IconActivityHeartbeat} title={t('waiting.title')} lead={t('waiting.lead')} />
      <div className={css.waiting}>
        <FirstSnippet step="event" />
        <LiveDot isLive>{t('waiting.listening')}</LiveDot>
      </div>
    </div>
  )
}
