import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconTrash } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isGranted, useMaySomewhere } from '../../api/use-may.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { type Workspace, workspacesQuery } from '../../api/workspaces.ts'
import { CreateWorkspace } from '../../app/create-workspace.tsx'
import { usePlacesIn } from '../../app/places.ts'
import { RemoveDemo } from '../../app/remove-demo.tsx'
import { WorkspaceBadge } from '../../app/workspace-badge.tsx'
import { DataTable } from '../../pieces/data-table.tsx'
import { Instant } from '../../pieces/instant.tsx'
import { RemoveWorkspace } from './remove-workspace.tsx'
import css from './settings-room.module.css'

// The server keeps it: it holds the keys of the environment.
const MAIN = 'main'

/** The member's workspaces: make one, remove one. */
export function WorkspaceSettings() {
  const { t } = useTranslation('settings')
  const placesIn = usePlacesIn()
  const here = useWorkspace()
  const mayCreate = useMaySomewhere('workspaces:create')
  const { data, error, refetch } = useQuery({ ...workspacesQuery, refetchInterval: 5_000 })
  const [isCreating, creating] = useDisclosure(false)
  const [going, setGoing] = useState<Workspace | undefined>()
  return (
    <section className={css.section} aria-labelledby="settings-workspaces">
      <div className="row wrap">
        <div className="grow">
          <h2 id="settings-workspaces">{t('workspaces.title')}</h2>
          <p className="quiet">{t('workspaces.lead')}</p>
        </div>
        {mayCreate && (
          <Button variant="default" onClick={creating.open}>
            {t('workspaces.add')}
          </Button>
        )}
      </div>
      <DataTable
        label={t('workspaces.title')}
        rows={data}
        rowKey={({ slug }) => slug}
        href={({ slug }) => placesIn(slug).home()}
        error={error}
        onRetry={refetch}
        empty={null}
        columns={[
          {
            key: 'name',
            head: t('workspaces.columns.name'),
            cell: ({ name, slug }) => (slug === here ? `${name} (${t('workspaces.here')})` : name),
          },
          {
            key: 'slug',
            head: t('workspaces.columns.slug'),
            width: 160,
            isWideOnly: true,
            cell: ({ slug }) => <code>{slug}</code>,
          },
          {
            key: 'kind',
            head: t('workspaces.columns.kind'),
            width: 116,
            cell: (workspace) => <WorkspaceBadge workspace={workspace} />,
          },
          {
            key: 'created',
            head: t('workspaces.columns.created'),
            width: 140,
            isWideOnly: true,
            cell: ({ createdAt }) => <Instant at={createdAt} />,
          },
          {
            key: 'act',
            head: t('workspaces.columns.act'),
            width: 84,
            cell: (workspace) =>
              workspace.status === 'ready' &&
              workspace.slug !== MAIN &&
              isGranted(workspace.role ?? undefined, 'workspace:remove') && (
                <Tooltip label={t('workspaces.remove', { name: workspace.name })}>
                  <ActionIcon
                    size="sm"
                    aria-label={t('workspaces.remove', { name: workspace.name })}
                    onClick={() => setGoing(workspace)}
                  >
                    <IconTrash size={14} stroke={1.5} />
                  </ActionIcon>
                </Tooltip>
              ),
          },
        ]}
      />
      <CreateWorkspace opened={isCreating} onClose={creating.close} />
      {going?.isDemo === true && <RemoveDemo demo={going} opened onClose={() => setGoing(undefined)} />}
      {going?.isDemo === false && <RemoveWorkspace workspace={going} onClose={() => setGoing(undefined)} />}
    </section>
  )
}
