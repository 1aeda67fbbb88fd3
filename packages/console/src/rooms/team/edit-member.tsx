import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import { TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { Dialog } from '../../pieces/dialog.tsx'
import { FormFoot } from '../../pieces/form-foot.tsx'
import { nameOf } from './name-of.ts'
import { RoleChoice } from './role-choice.tsx'
import { dayOf, endOf, grantable, isLastOwner } from './standing.ts'
import { useEndField } from './use-end-field.ts'

interface EditMemberProps {
  /** who changes it */
  by: MemberAnswer
  member: MemberAnswer
  members: readonly MemberAnswer[]
  onClose: () => void
}

/** Gives a member another role, or another end of it. */
export function EditMember({ by, member, members, onClose }: EditMemberProps) {
  const { t } = useTranslation('team')
  return (
    <Dialog opened onClose={onClose} title={t('form.editTitle', { name: nameOf(member) })}>
      {isLastOwner(member, members) ? <p>{t('form.lastOwner')}</p> : <Ask {...{ by, member, onClose }} />}
    </Dialog>
  )
}

function Ask({ by, member, onClose }: Omit<EditMemberProps, 'members'>) {
  const { t } = useTranslation('team')
  const end = useEndField(by)
  const save = useSend(['/v1/members', '/v1/workspaces'])
  const form = useForm({
    initialValues: { role: member.role, until: dayOf(member.until) },
    validate: { until: end.faultOf },
  })
  const submit = ({ role, until }: typeof form.values) => {
    const body = { role, until: endOf(until, member.until, by.until) }
    save.mutate(api('PUT /v1/members/{id}', { params: { id: member.id }, body }), {
      onSuccess: () => {
        onClose()
        notifications.show({ message: t('form.saved') })
      },
    })
  }
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit(submit)}>
      <RoleChoice
        roles={grantable(by)}
        value={form.values.role}
        onChange={(role) => form.setFieldValue('role', role)}
      />
      <TextInput
        type="date"
        label={end.label}
        description={end.description}
        {...form.getInputProps('until')}
      />
      <FormFoot error={save.error} onCancel={onClose} submit={t('form.save')} isBusy={save.isPending} />
    </form>
  )
}
