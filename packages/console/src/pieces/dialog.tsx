import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePasswordQuestion } from '../api/password-again.ts'

interface DialogProps {
  opened: boolean
  onClose: () => void
  title: string
  /** What is shown once must not go by a slip of the hand: only its buttons close it. */
  isKept?: boolean
  /** Two things side by side. */
  isWide?: boolean
  children: ReactNode
}

/** A question above the page. */
export function Dialog({ opened, onClose, title, isKept = false, isWide = false, children }: DialogProps) {
  const { t } = useTranslation('pieces')
  // Escape is for the question above it
  const question = usePasswordQuestion()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={title}
      size={isWide ? 'xl' : 'md'}
      closeOnClickOutside={!isKept}
      closeOnEscape={!isKept && question === undefined}
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      {children}
    </Modal>
  )
}
