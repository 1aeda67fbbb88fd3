import { IconMapOff } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useWorkspaces } from '../api/workspaces.ts'
import { Anchor } from '../pieces/anchor.tsx'
import { EmptyState } from '../pieces/empty-state.tsx'
import { usePlacesIn } from './places.ts'
import { WorkspaceBadge } from './workspace-badge.tsx'

/** The address names a workspace that the member does not have. */
export function UnknownWorkspace() {
  const { t } = useTranslation('shell')
  const placesIn = usePlacesIn()
  const workspaces = useWorkspaces().filter(({ status }) => status === 'ready')
  return (
    <EmptyState
      isPage
      icon={IconMapOff}
      title={t('workspace.unknown')}
      lead={t('workspace.unknownHint')}
      action={
        <div className="stack" style={{ gap: 8, alignItems: 'center' }}>
          {workspaces.map((one) => (
            <span key={one.slug} className="row">
              <Anchor href={placesIn(one.slug).home()}>{one.name}</Anchor>
              <WorkspaceBadge workspace={one} />
            </span>
          ))}
        </div>
      }
    />
  )
}
