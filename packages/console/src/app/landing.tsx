import { Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconRipple } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Navigate } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { workspacesQuery } from '../api/workspaces.ts'
import { EmptyState } from '../pieces/empty-state.tsx'
import { ErrorState } from '../pieces/error-state.tsx'
import { CreateWorkspace } from './create-workspace.tsx'
import { workspaceToOpen } from './last-workspace.ts'
import { Opening } from './opening.tsx'

/** The address `/`: leads to the workspace where the member was last. */
export function Landing() {
  const { t } = useTranslation('shell')
  const { data, error, refetch } = useQuery(workspacesQuery)
  const [isCreating, creating] = useDisclosure(false)
  if (error !== null) return <ErrorState error={error} onRetry={refetch} />
  if (data === undefined) return <Opening />
  const open = workspaceToOpen(data)
  if (open !== undefined) return <Navigate to="/w/$workspace" params={{ workspace: open.slug }} replace />
  return (
    <main>
      <EmptyState
        isPage
        icon={IconRipple}
        title={t('workspace.none')}
        lead={t('workspace.noneHint')}
        action={<Button onClick={creating.open}>{t('workspace.create')}</Button>}
      />
      <CreateWorkspace opened={isCreating} onClose={creating.close} />
    </main>
  )
}
