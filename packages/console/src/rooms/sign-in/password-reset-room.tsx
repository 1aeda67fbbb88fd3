import { PASSWORD_CHARS_MIN } from '@affluent/protocol/limits'
import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { call } from '../../api/call.ts'
import { api } from '../../api/request.ts'
import { type Session, signIn } from '../../api/session.ts'
import { useFormats } from '../../app/formats.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { EntryFrame } from './entry-frame.tsx'
import { useWait } from './use-wait.ts'

/** Where a forgotten password is replaced: a link is asked for by mail; the one that stands behind # is taken. */
export function PasswordResetRoom() {
  const { t } = useTranslation('signIn')
  const { hash } = useLocation()
  useEffect(() => {
    document.title = `${t('reset.title')} · Affluent`
  }, [t])
  return (
    <EntryFrame lead={hash === '' ? t('reset.askLead') : t('reset.lead')}>
      {hash === '' ? <Ask /> : <Choose reset={hash} />}
      <p className="note">
        <Anchor href="/sign-in">{t('reset.back')}</Anchor>
      </p>
    </EntryFrame>
  )
}

function Ask() {
  const { t } = useTranslation('signIn')
  const form = useForm({
    initialValues: { email: '' },
    validate: { email: (email) => (email.trim() === '' ? t('emailMissing') : null) },
  })
  const ask = useMutation<unknown, ApiError, string>({
    mutationFn: (email) => call(api('POST /v1/password-reset', { body: { email } })),
  })
  if (ask.isSuccess) return <p role="status">{t('reset.sent')}</p>
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit(({ email }) => ask.mutate(email.trim()))}>
      <TextInput
        label={t('email')}
        type="email"
        autoComplete="username"
        autoFocus
        {...form.getInputProps('email')}
      />
      <Refused error={ask.error} said={[]} />
      <Button type="submit" size="md" loading={ask.isPending}>
        {t('reset.ask')}
      </Button>
    </form>
  )
}

function Choose({ reset }: { reset: string }) {
  const { t } = useTranslation('signIn')
  const queries = useQueryClient()
  const router = useRouter()
  const form = useForm({
    initialValues: { password: '' },
    validate: {
      password: (password) => (password.length < PASSWORD_CHARS_MIN ? t('invitation.tooShort') : null),
    },
  })
  const entry = useMutation<Session, ApiError, string>({
    mutationFn: (password) => signIn(queries, { reset, password }),
    onSuccess: () => router.history.push('/'),
    onError: ({ code }) => {
      if (code === 'common_password') form.setFieldError('password', t('invitation.common'))
    },
  })
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit(({ password }) => entry.mutate(password))}>
      <PasswordInput
        label={t('reset.password')}
        description={t('reset.passwordHint')}
        autoComplete="new-password"
        autoFocus
        {...form.getInputProps('password')}
      />
      <Refused error={entry.error} said={['common_password']} />
      <Button type="submit" size="md" loading={entry.isPending}>
        {t('reset.submit')}
      </Button>
    </form>
  )
}

/** Why the server did not take it, unless a field says so; how long to wait after too many attempts. */
function Refused({ error, said }: { error: ApiError | null; said: readonly string[] }) {
  const { t } = useTranslation('signIn')
  const formats = useFormats()
  const waitSeconds = useWait(error)
  if (waitSeconds > 0)
    return <ErrorNote>{t('tooMany', { wait: formats.duration(waitSeconds * 1_000) })}</ErrorNote>
  return error === null || [...said, 'too_many_attempts'].includes(error.code) ? null : (
    <ErrorNote error={error} />
  )
}
