import type { Permission } from '@affluent/protocol/permission'
import { IconLock } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'
import { useRole } from '../api/use-may.ts'
import { useRoleWords } from '../words/use-role-words.ts'
import { EmptyState } from './empty-state.tsx'

/** In place of a page, or a part of one, that the member's role does not open: which roles do. */
export function RoleNeeded({ needs, isPage = false }: { needs: Permission; isPage?: boolean }) {
  const { t } = useTranslation('roles')
  const rolesFor = useRoleWords()
  const role = useRole()
  const roles = rolesFor(needs)
  if (!isPage) return <p className="quiet">{t('needed', { roles })}</p>
  return (
    <EmptyState
      isPage
      icon={IconLock}
      title={t('neededTitle')}
      lead={
        role === undefined ? t('needed', { roles }) : t('neededLead', { role: t(`names.${role}`), roles })
      }
    />
  )
}
