import { useDisclosure } from '@mantine/hooks'
import { IconBeach, IconBuildingStore } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useMay } from '../api/use-may.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useWorkspaces } from '../api/workspaces.ts'
import { RemoveDemo } from './remove-demo.tsx'
import css from './workspace-bar.module.css'

/** A quiet bar over every room of a workspace that is not for real. */
export function WorkspaceBar() {
  const { t } = useTranslation('shell')
  const slug = useWorkspace()
  const here = useWorkspaces().find((one) => one.slug === slug)
  const [isRemoving, removing] = useDisclosure(false)
  const mayRemove = useMay('workspace:remove')
  if (here === undefined || (here.kind === 'live' && !here.isDemo)) return null
  const Sign = here.isDemo ? IconBuildingStore : IconBeach
  return (
    <section className={css.bar} aria-label={t('workspace.about')}>
      <Sign size={14} stroke={1.5} aria-hidden />
      <span>{here.isDemo ? t('workspace.demoBar') : t('workspace.sandboxBar')}</span>
      {here.isDemo && here.status === 'ready' && mayRemove && (
        <>
          <button type="button" className={css.action} onClick={removing.open}>
            {t('workspace.removeDemo')}
          </button>
          <RemoveDemo demo={here} opened={isRemoving} onClose={removing.close} />
        </>
      )}
    </section>
  )
}
