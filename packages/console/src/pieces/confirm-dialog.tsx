import { TextInput } from '@mantine/core'
import { type FormEvent, type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Dialog } from './dialog.tsx'
import { FormFoot } from './form-foot.tsx'

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
  return (
    <Dialog opened={opened} onClose={onClose} title={title}>
      <Question {...props} />
    </Dialog>
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
      <FormFoot
        error={error}
        onCancel={onClose}
        submit={confirm}
        isReady={isReady}
        isBusy={isBusy ?? false}
        isDanger={isDanger}
      />
    </form>
  )
}
