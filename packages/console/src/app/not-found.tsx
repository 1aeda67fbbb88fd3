import { Button } from '@mantine/core'
import { IconMapOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { EmptyState } from '../pieces/empty-state.tsx'

/** An address that leads nowhere. */
export function NotFound() {
  const { t } = useTranslation('shell')
  return (
    <EmptyState
      isPage
      icon={IconMapOff}
      title={t('notFound.title')}
      lead={t('notFound.lead')}
      action={
        <Button component="a" href="/" variant="default">
          {t('notFound.back')}
        </Button>
      }
    />
  )
}

/** The same, outside of any workspace. */
export function LostPage() {
  return (
    <main>
      <NotFound />
    </main>
  )
}
