import { PASSWORD_CHARS_MIN } from '@affluent/protocol/limits'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { type Session, signIn } from '../../api/session.ts'
import { useFormats } from '../../app/formats.ts'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { EntryFrame } from './entry-frame.tsx'
import { useWait } from './use-wait.ts'

/** Where an invitation is accepted: the one that stands behind # in the address. */
export function InvitationRoom() {
  const { t } = useTranslation('signIn')
  const { hash } = useLocation()
  useEffect(() => {
    document.title = `${t('invitation.title')} · Affluent`
  }, [t])
  return (
    <EntryFrame lead={t('invitation.lead')}>
      {hash === '' ? <ErrorNote>{t('invitation.missing')}</ErrorNote> : <Accept invitation={hash} />}
    </EntryFrame>
  )
}

function Accept({ invitation }: { invitation: string }) {
  const { t } = useTranslation('signIn')
  const formats = useFormats()
  const queries = useQueryClient()
  const router = useRouter()
  const form = useForm({
    initialValues: { name: '', password: '' },
    validate: {
      password: (password) => (password.length < PASSWORD_CHARS_MIN ? t('invitation.tooShort') : null),
    },
  })
  const entry = useMutation<Session, ApiError, typeof form.values>({
    mutationFn: ({ name, password }) =>
      signIn(queries, {
        ...{ invitation, password },
        ...(name.trim() === '' ? {} : { name: name.trim() }),
      }),
    onSuccess: () => router.history.push('/'),
    onError: ({ code }) => {
      if (code === 'wrong_password') form.setFieldError('password', t('invitation.hasAccount'))
      if (code === 'common_password') form.setFieldError('password', t('invitation.common'))
    },
  })
  const waitSeconds = useWait(entry.error)
  const isSaid = ['wrong_password', 'common_password', 'too_many_attempts'].includes(entry.error?.code ?? '')
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit((values) => entry.mutate(values))}>
      <TextInput
        label={t('invitation.name')}
        description={t('invitation.nameHint')}
        autoComplete="name"
        autoFocus
        {...form.getInputProps('name')}
      />
      <PasswordInput
        label={t('password')}
        description={t('invitation.passwordHint')}
        autoComplete="new-password"
        {...form.getInputProps('password')}
      />
      {waitSeconds > 0 && (
        <ErrorNote>{t('tooMany', { wait: formats.duration(waitSeconds * 1_000) })}</ErrorNote>
      )}
      {!isSaid && <ErrorNote error={entry.error} />}
      <Button type="submit" size="md" loading={entry.isPending} disabled={waitSeconds > 0}>
        {t('invitation.submit')}
      </Button>
    </form>
  )
}
