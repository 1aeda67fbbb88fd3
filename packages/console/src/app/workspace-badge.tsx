import { IconBeach, IconBuildingStore } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import type { Workspace } from '../api/workspaces.ts'
import { StatusBadge } from '../pieces/status-badge.tsx'

/** What kind of workspace this is; a live one needs no sign beside its name. */
export function WorkspaceBadge({ workspace }: { workspace: Workspace }) {
  const { t } = useTranslation('shell')
  if (workspace.status === 'removing') return <StatusBadge tone="warn">{t('workspace.removing')}</StatusBadge>
  if (workspace.isDemo)
    return (
      <StatusBadge tone="held" icon={IconBuildingStore}>
        {t('workspace.demo')}
      </StatusBadge>
    )
  if (workspace.kind === 'sandbox')
    return (
      <StatusBadge tone="held" icon={IconBeach}>
        {t('workspace.sandbox')}
      </StatusBadge>
    )
  return <StatusBadge tone="good">{t('workspace.live')}</StatusBadge>
}
