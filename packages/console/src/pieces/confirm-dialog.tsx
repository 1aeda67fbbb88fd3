import { Button, Modal, TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePasswordQuestion } from '../api/password-again.ts'
import { ErrorNote } from './error-note.tsx'

interface ConfirmDialogProps {
  opened: boolean
  onClose: () => void
  title: string
  /** What will happen, in numbers where there are some. */
  children: ReactNode
  /** The verb of the button: "Remove the demo". */
  confirm: string
  onConfirm: () => unknown
  /** The word that must be typed first; for what cannot be undone. */
  word?: string | undefined
  /** Red: something goes away. */
  isDanger?: boolean
  isBusy?: boolean
  error?: unknown
}

/** Asks before something of weight: says its effect, names the act on the button, and may ask for a typed word. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const { opened, onClose, title } = props
  const { t } = useTranslation('pieces')
  // Escape is for the question above it
  const question = usePasswordQuestion()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      closeOnEscape={question === undefined}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Question {...props} />
    </Modal>
  )
}

function Question({
  onClose,
  children,
  confirm,
  onConfirm,
  word,
  isDanger,
  isBusy,
  error,
}: ConfirmDialogProps) {
  const { t } = useTranslation('pieces')
  const [typed, setTyped] = useState('')
  const isReady = word === undefined || typed.trim() === word
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isReady) onConfirm()
  }
  return (
    <form onSubmit={submit} className="stack">
      <div className="stack">{children}</div>
      {word !== undefined && (
        <TextInput
          label={t('typeToConfirm', { word })}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          autoComplete="off"
          data-autofocus
        />
      )}
      <ErrorNote error={error} />
      <div className="row" style={{ justifyContent: 'flex-end' }}>
        <Button variant="default" onClick={onClose}>
          {t('cancel')}
        </Button>
        <Button
          type="submit"
          disabled={!isReady}
          loading={isBusy ?? false}
          {...(isDanger === true ? { color: 'red' } : {})}
        >
          {confirm}
        </Button>
      </div>
    </form>
  )
}
