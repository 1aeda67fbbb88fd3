import type { ApiAnswer } from '@affluent/protocol/api-calls'
import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import type { Role } from '@affluent/protocol/role'
import { Button, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api } from '../../api/request.ts'
import { useSend } from '../../api/use-send.ts'
import { invitationLink } from '../../app/entry-links.ts'
import { useFormats } from '../../app/formats.ts'
import { Dialog } from '../../pieces/dialog.tsx'
import { FormFoot } from '../../pieces/form-foot.tsx'
import { SecretOnce } from '../../pieces/secret-once.tsx'
import { RoleChoice } from './role-choice.tsx'
import { dayOf, endOf, grantable } from './standing.ts'
import { useEndField } from './use-end-field.ts'

type Made = ApiAnswer<'POST /v1/members'>

const EMAIL = /^[^\s@]+@[^\s@]+$/

interface InviteMemberProps {
  /** who invites */
  by: MemberAnswer
  /** whose invitation is made anew */
  again?: MemberAnswer
  onClose: () => void
}

/** Invites an address with a role and its end; then shows the link once. */
export function InviteMember({ by, again, onClose }: InviteMemberProps) {
  const { t } = useTranslation('team')
  const [made, setMade] = useState<Made | undefined>()
  if (made !== undefined)
    return (
      <Dialog opened onClose={onClose} title={t('link.title', { email: made.member.email })} isKept>
        <Link made={made} onClose={onClose} />
      </Dialog>
    )
  const title = again === undefined ? t('form.inviteTitle') : t('form.renewTitle', { email: again.email })
  return (
    <Dialog opened onClose={onClose} title={title}>
      <Ask by={by} again={again} onMade={setMade} onClose={onClose} />
    </Dialog>
  )
}

function Ask({
  by,
  again,
  onMade,
  onClose,
}: {
  by: MemberAnswer
  again: MemberAnswer | undefined
  onMade: (made: Made) => void
  onClose: () => void
}) {
  const { t } = useTranslation('team')
  const end = useEndField(by)
  const invite = useSend<Made>(['/v1/members'])
  const form = useForm({
    initialValues: {
      email: again?.email ?? '',
      role: (again?.role ?? 'viewer') as Role,
      until: dayOf(again?.until ?? by.until),
    },
    validate: {
      email: (email) => (EMAIL.test(email.trim()) ? null : t('form.emailWrong')),
      until: end.faultOf,
    },
  })
  const submit = ({ email, role, until }: typeof form.values) => {
    const body = { email: email.trim(), role, until: endOf(until, again?.until ?? null, by.until) }
    invite.mutate(api('POST /v1/members', { body }), { onSuccess: onMade })
  }
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit(submit)}>
      <p className="quiet">{t(again === undefined ? 'form.inviteLead' : 'form.renewLead')}</p>
      {again === undefined && (
        <TextInput
          label={t('form.email')}
          description={t('form.emailHint')}
          type="email"
          autoComplete="off"
          {...form.getInputProps('email')}
          data-autofocus
        />
      )}
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
      <FormFoot
        error={invite.error}
        onCancel={onClose}
        submit={t(again === undefined ? 'form.invite' : 'form.renew')}
        isBusy={invite.isPending}
      />
    </form>
  )
}

function Link({ made: { member, invitation }, onClose }: { made: Made; onClose: () => void }) {
  const { t } = useTranslation('team')
  const formats = useFormats()
  const day = formats.day(member.invitedUntil ?? member.createdAt)
  return (
    <div className="stack">
      {invitation === null ? (
        <p>{t('link.mailed', { email: member.email, day })}</p>
      ) : (
        <SecretOnce
          label={t('link.label')}
          secret={invitationLink(invitation)}
          hint={t('link.once', { email: member.email, day })}
        />
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button onClick={onClose}>{t(invitation === null ? 'link.close' : 'link.done')}</Button>
      </div>
    </div>
  )
}
