import { Menu } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconCheck, IconPlus, IconSelector, IconTrash } from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isGranted, useMaySomewhere } from '../api/use-may.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useWorkspaces } from '../api/workspaces.ts'
import { CreateWorkspace } from './create-workspace.tsx'
import { usePlacesIn } from './places.ts'
import { RemoveDemo } from './remove-demo.tsx'
import { WorkspaceBadge } from './workspace-badge.tsx'
import css from './workspace-switcher.module.css'

/** The workspace in which one is, and the way to the others. */
export function WorkspaceSwitcher() {
  const { t } = useTranslation('shell')
  const placesIn = usePlacesIn()
  const slug = useWorkspace()
  const workspaces = useWorkspaces()
  const router = useRouter()
  const [isCreating, creating] = useDisclosure(false)
  const [isRemoving, removing] = useDisclosure(false)
  const here = workspaces.find((one) => one.slug === slug)
  const demo = workspaces.find((one) => one.isDemo && one.status === 'ready')
  const mayCreate = useMaySomewhere('workspaces:create')
  const mayRemove = demo !== undefined && isGranted(demo.role ?? undefined, 'workspace:remove')
  return (
    <>
      <Menu position="bottom-start" width={280} withinPortal>
        <Menu.Target>
          <button type="button" className={css.switch}>
            <span className="unseen">{t('workspace.switch')}</span>
            <span className="grow">
              <span className={css.name}>{here?.name ?? slug}</span>
              {here !== undefined && <WorkspaceBadge workspace={here} />}
            </span>
            <IconSelector size={16} stroke={1.5} aria-hidden />
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{t('workspace.list')}</Menu.Label>
          {workspaces.map((one) => (
            <Menu.Item
              key={one.slug}
              disabled={one.status === 'removing'}
              leftSection={
                <IconCheck size={14} stroke={2} visibility={one.slug === slug ? 'visible' : 'hidden'} />
              }
              rightSection={<WorkspaceBadge workspace={one} />}
              onClick={() => router.history.push(placesIn(one.slug).home())}
            >
              <span className={css.item}>{one.name}</span>
            </Menu.Item>
          ))}
          {(mayCreate || mayRemove) && <Menu.Divider />}
          {mayCreate && (
            <Menu.Item leftSection={<IconPlus size={14} stroke={1.5} />} onClick={creating.open}>
              {t('workspace.create')}
            </Menu.Item>
          )}
          {mayRemove && (
            <Menu.Item leftSection={<IconTrash size={14} stroke={1.5} />} onClick={removing.open}>
              {t('workspace.removeDemo')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
      <CreateWorkspace opened={isCreating} onClose={creating.close} />
      {demo !== undefined && <RemoveDemo demo={demo} opened={isRemoving} onClose={removing.close} />}
    </>
  )
}
