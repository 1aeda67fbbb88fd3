import { type Permission, rolesOf } from '@affluent/protocol/permission'
import { ROLES, type Role } from '@affluent/protocol/role'
import { useTranslation } from 'react-i18next'
import { useFormats } from '../app/formats.ts'

/** A function that names the roles that have a permission, in the member's language. */
export function useRoleWords(): (permission: Permission) => string {
  const { t } = useTranslation('roles')
  const formats = useFormats()
  const nameOf = (role: Role) => t(`names.${role}`)
  return (permission) => formats.anyOf((rolesOf(permission) ?? ROLES).map(nameOf))
}
