import { Button } from '@mantine/core'
import { IconCloudOff, IconRipple } from '@tabler/icons-react'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api-error.ts'
import { EmptyState } from '../pieces/empty-state.tsx'
import { ErrorState } from '../pieces/error-state.tsx'
import { isLoadFault, reloadWhenReady } from './load-room.ts'

/** In place of a screen that threw. */
export function Broken({ error, reset }: { error: unknown; reset?: () => void }) {
  const { t } = useTranslation('shell')
  if (error instanceof ApiError) return <ErrorState error={error} onRetry={() => reset?.()} />
  if (isLoadFault(error)) return <NotLoaded />
  return (
    <EmptyState
      icon={IconRipple}
      title={t('broken.title')}
      lead={
        <>
          {t('broken.lead')} <code>{error instanceof Error ? error.message : String(error)}</code>
        </>
      }
      action={<Button onClick={() => window.location.reload()}>{t('broken.reload')}</Button>}
    />
  )
}

/** In place of a room whose code did not come: it opens by itself once the server answers. */
function NotLoaded() {
  const { t } = useTranslation('shell')
  useEffect(() => reloadWhenReady(), [])
  return (
    <EmptyState
      icon={IconCloudOff}
      title={t('notLoaded.title')}
      lead={t('notLoaded.lead')}
      action={<Button onClick={() => window.location.reload()}>{t('broken.reload')}</Button>}
    />
  )
}
