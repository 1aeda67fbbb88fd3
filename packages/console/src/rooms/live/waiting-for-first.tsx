import { IconActivityHeartbeat } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../../pieces/empty-state.tsx'
import { LiveDot } from '../../pieces/live-dot.tsx'
import { FirstSnippet } from '../home/first-snippet.tsx'

/** Before the first event: code to paste that sends one, with the real key in it. */
export function WaitingForFirst() {
  const { t } = useTranslation('live')
  return (
    <div className="card">
      <EmptyState
        icon={IconActivityHeartbeat}
        title={t('waiting.title')}
        lead={t('waiting.lead')}
        action={
          <div className="stack" style={{ width: 'min(640px, 100%)', textAlign: 'left' }}>
            <FirstSnippet step="event" />
            <LiveDot isLive>{t('waiting.listening')}</LiveDot>
          </div>
        }
      />
    </div>
  )
}
