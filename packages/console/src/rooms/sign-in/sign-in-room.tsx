import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { hasSessionEnded, type Session, signIn } from '../../api/session.ts'
import { PASSWORD_RESET_PATH } from '../../app/entry-links.ts'
import { useFormats } from '../../app/formats.ts'
import { Anchor } from '../../pieces/anchor.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import { EntryFrame } from './entry-frame.tsx'
import css from './sign-in-room.module.css'
import { useWait } from './use-wait.ts'

/** The way in; afterwards one is where one wanted to go. */
export function SignInRoom() {
  const { t } = useTranslation('signIn')
  const { next } = useSearch({ from: '/sign-in' })
  useEffect(() => {
    document.title = `${t('title')} · Affluent`
  }, [t])
  return (
    <EntryFrame lead={t('lead')}>
      {hasSessionEnded() && <p className={css.note}>{t('ended')}</p>}
      <SignInForm next={next ?? '/'} />
      <p className="note">
        <Anchor href={PASSWORD_RESET_PATH}>{t('forgotten')}</Anchor>
      </p>
      <p className="note">{t('firstTime')}</p>
    </EntryFrame>
  )
}

function SignInForm({ next }: { next: string }) {
  const { t } = useTranslation('signIn')
  const formats = useFormats()
  const queries = useQueryClient()
  const router = useRouter()
  const form = useForm({
    initialValues: { email: '', password: '' },
    validate: {
      email: (email) => (email.trim() === '' ? t('emailMissing') : null),
      password: (password) => (password === '' ? t('passwordMissing') : null),
    },
  })
  const entry = useMutation<Session, ApiError, { email: string; password: string }>({
    mutationFn: ({ email, password }) => signIn(queries, { email: email.trim(), password }),
    onSuccess: () => router.history.push(next),
    onError: (error) => {
      if (error.code === 'wrong_password') form.setFieldValue('password', '')
    },
  })
  const waitSeconds = useWait(entry.error)
  return (
    <form className="stack" noValidate onSubmit={form.onSubmit((values) => entry.mutate(values))}>
      <TextInput
        label={t('email')}
        type="email"
        autoComplete="username"
        autoFocus
        {...form.getInputProps('email')}
      />
      <PasswordInput
        label={t('password')}
        autoComplete="current-password"
        {...form.getInputProps('password')}
      />
      {waitSeconds > 0 && (
        <ErrorNote>{t('tooMany', { wait: formats.duration(waitSeconds * 1_000) })}</ErrorNote>
      )}
      {waitSeconds === 0 && entry.error?.code === 'wrong_password' && <ErrorNote>{t('wrong')}</ErrorNote>}
      {entry.error !== null && !['wrong_password', 'too_many_attempts'].includes(entry.error.code) && (
        <ErrorNote error={entry.error} />
      )}
      <Button type="submit" size="md" loading={entry.isPending} disabled={waitSeconds > 0}>
        {t('submit')}
      </Button>
    </form>
  )
}
