import { Button } from '@mantine/core'
import { IconRipple } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../api/api-error.ts'
import { EmptyState } from '../pieces/empty-state.tsx'
import { ErrorState } from '../pieces/error-state.tsx'

/** In place of a screen that threw. */
export function Broken({ error, reset }: { error: unknown; reset?: () => void }) {
  const { t } = useTranslation('shell')
  if (error instanceof ApiError) return <ErrorState error={error} onRetry={() => reset?.()} />
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
