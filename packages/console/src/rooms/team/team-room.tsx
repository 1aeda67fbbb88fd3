import { useTranslation } from 'react-i18next'
import { useMay } from '../../api/use-may.ts'
import { PageHead } from '../../pieces/page-head.tsx'
import { KeySettings } from './key-settings.tsx'
import { MemberList } from './member-list.tsx'
import { SystemMail } from './system-mail.tsx'
import css from './team-room.module.css'

/** Who enters this workspace: its members and those who are invited, and the API keys of programs. */
export function TeamRoom() {
  const { t } = useTranslation('team')
  const mayReadKeys = useMay('keys:read')
  const mayTestMail = useMay('system-mail:test')
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      <div className={css.sections}>
        <MemberList />
        {mayReadKeys && <KeySettings />}
        {mayTestMail && <SystemMail />}
      </div>
    </>
  )
}
