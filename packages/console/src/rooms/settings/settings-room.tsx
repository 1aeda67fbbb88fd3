import { useTranslation } from 'react-i18next'
import { May } from '../../pieces/may.tsx'
import { PageHead } from '../../pieces/page-head.tsx'
import { MemberSettings } from './member-settings.tsx'
import { PasswordSettings } from './password-settings.tsx'
import { SessionSettings } from './session-settings.tsx'
import css from './settings-room.module.css'
import { WorkspaceHome } from './workspace-home.tsx'
import { WorkspaceSettings } from './workspace-settings.tsx'

/** The member's own settings, those of this workspace, and the workspaces. */
export function SettingsRoom() {
  const { t } = useTranslation('settings')
  return (
    <>
      <PageHead title={t('title')} />
      <div className={css.sections}>
        <MemberSettings />
        <PasswordSettings />
        <SessionSettings />
        <May to="workspace:edit">
          <WorkspaceHome />
        </May>
        <WorkspaceSettings />
      </div>
    </>
  )
}
