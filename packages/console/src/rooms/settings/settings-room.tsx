import { useTranslation } from 'react-i18next'
import { PageHead } from '../../pieces/page-head.tsx'
import { MemberSettings } from './member-settings.tsx'
import css from './settings-room.module.css'
import { WorkspaceHome } from './workspace-home.tsx'
import { WorkspaceSettings } from './workspace-settings.tsx'

/** The member's own settings, and the workspaces. */
export function SettingsRoom() {
  const { t } = useTranslation('settings')
  return (
    <>
      <PageHead title={t('title')} />
      <div className={css.sections}>
        <MemberSettings />
        <WorkspaceHome />
        <WorkspaceSettings />
      </div>
    </>
  )
}
