import { Button, Modal, PasswordInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { ApiError } from '../api/api-error.ts'
import { usePasswordQuestion } from '../api/password-again.ts'
import { signInAgain, useSession } from '../api/session.ts'
import { ErrorNote } from '../pieces/error-note.tsx'

/** Asks for the password again above whatever is open, so that nothing that was typed is lost. */
export function PasswordAgain() {
  const { t } = useTranslation(['shell', 'pieces'])
  const question = usePasswordQuestion()
  return (
    <Modal
      opened={question !== undefined}
      onClose={() => question?.answer(false)}
      title={t('passwordAgain.title')}
      zIndex={400}
      closeOnClickOutside={false}
      closeButtonProps={{ 'aria-label': t('pieces:close') }}
    >
      {question !== undefined && <Ask onAnswer={question.answer} />}
    </Modal>
  )
}

function Ask({ onAnswer }: { onAnswer: (isGiven: boolean) => void }) {
  const { t } = useTranslation(['shell', 'pieces', 'signIn'])
  const { member } = useSession()
  const queries = useQueryClient()
  const [password, setPassword] = useState('')
  const entry = useMutation<void, ApiError>({
    mutationFn: () => signInAgain(queries, password),
    onSuccess: () => onAnswer(true),
  })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    // the form below it in React is not the one that is sent
    event.stopPropagation()
    if (password !== '') entry.mutate()
  }
  return (
    <form className="stack" onSubmit={submit}>
      <p className="quiet">{t('passwordAgain.lead')}</p>
      <input type="hidden" name="username" autoComplete="username" value={member.email} />
      <PasswordInput
        label={t('passwordAgain.password', { email: member.email })}
        autoComplete="current-password"
        value={password}
        onChange={(event) => setPassword(event.currentTarget.value)}
        data-autofocus
      />
      {entry.error?.code === 'wrong_password' ? (
        <ErrorNote>{t('passwordAgain.wrong')}</ErrorNote>
      ) : (
        <ErrorNote error={entry.error} />
      )}
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={() => onAnswer(false)}>
          {t('pieces:cancel')}
        </Button>
        <Button type="submit" disabled={password === ''} loading={entry.isPending}>
          {t('passwordAgain.submit')}
        </Button>
      </div>
    </form>
  )
}
