import { ROLES, type Role } from '@affluent/protocol/role'
import { Radio } from '@mantine/core'
import { useTranslation } from 'react-i18next'

interface RoleChoiceProps {
  value: Role
  onChange: (role: Role) => void
  /** those that can be given */
  roles: readonly Role[]
}

/** The roles that can be given, each with what it is for. */
export function RoleChoice({ value, onChange, roles }: RoleChoiceProps) {
  const { t } = useTranslation(['team', 'roles'])
  return (
    <Radio.Group
      label={t('team:form.role')}
      description={roles.length < ROLES.length ? t('team:form.onlyWithin') : undefined}
      value={value}
      onChange={(role) => onChange(role as Role)}
    >
      <div className="stack" style={{ gap: 8, marginTop: 4 }}>
        {roles.map((role) => (
          <Radio
            key={role}
            value={role}
            label={t(`roles:names.${role}`)}
            description={t(`roles:hints.${role}`)}
          />
        ))}
      </div>
    </Radio.Group>
  )
}
