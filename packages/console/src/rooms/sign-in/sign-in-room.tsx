import { Button, PasswordInput, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useRouter, useSearch } from '@tanstack/react-router'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../../api/api-error.ts'
import { hasSessionEnded, type Session, signIn } from '../../api/session.ts'
import { useFormats } from '../../app/formats.ts'
import { speak } from '../../app/language.ts'
import { LANGUAGES } from '../../app/languages.ts'
import { Logo } from '../../app/logo.tsx'
import { ErrorNote } from '../../pieces/error-note.tsx'
import css from './sign-in-room.module.css'

/** The way in; afterwards one is where one wanted to go. */
export function SignInRoom() {
  const { t, i18n } = useTranslation('signIn')
  const { next } = useSearch({ from: '/sign-in' })
  useEffect(() => {
    document.title = `${t('title')} · Affluent`
  }, [t])
  return (
    <div className={css.page}>
      <main className={css.card}>
        <div className={css.brand}>
          <Logo size={32} />
          <h1>Affluent</h1>
        </div>
        <p className="quiet">{t('lead')}</p>
        {hasSessionEnded() && <p className={css.note}>{t('ended')}</p>}
        <SignInForm next={next ?? '/'} />
        <p className="note">{t('firstTime')}</p>
      </main>
      <div className={css.languages}>
        {LANGUAGES.map(({ code, name }) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={i18n.language === code}
            onClick={() => void speak(code)}
          >
            {name}
          </button>
        ))}
      </div>
    </div>
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
    mutationFn: ({ email, password }) => signIn(queries, email.trim(), password),
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

const WAIT_UNSAID_SECONDS = 60

// Counts down what the server asked to wait.
function useWait(error: ApiError | null): number {
  const [until, setUntil] = useState(0)
  const [now, setNow] = useState(Date.now)
  useEffect(() => {
    if (error?.code !== 'too_many_attempts') return
    setNow(Date.now())
    setUntil(Date.now() + (error.retryAfterSeconds ?? WAIT_UNSAID_SECONDS) * 1_000)
  }, [error])
  useEffect(() => {
    if (until <= now) return
    const timer = setTimeout(() => setNow(Date.now()), 500)
    return () => clearTimeout(timer)
  }, [until, now])
  return Math.max(0, Math.ceil((until - now) / 1_000))
}
