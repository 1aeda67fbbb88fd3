import { ActionIcon, Button, Tooltip } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { IconCheck, IconCopy } from '@tabler/icons-react'
import { useTranslation } from 'react-i18next'

interface CopyButtonProps {
  text: string
  /** What the button says; without it, it is an icon. */
  label?: string
  /** What is copied, for screen readers and the hover of an icon: "Copy the write key". */
  name?: string
}

/** Copies a text and says so. */
export function CopyButton({ text, label, name }: CopyButtonProps) {
  const { t } = useTranslation('pieces')
  const clipboard = useClipboard({ timeout: 1_500 })
  const Sign = clipboard.copied ? IconCheck : IconCopy
  const copy = () => clipboard.copy(text)
  const said = (
    <span className="unseen" aria-live="polite">
      {clipboard.copied ? t('copied') : ''}
    </span>
  )
  if (label !== undefined)
    return (
      <>
        <Button variant="default" size="xs" leftSection={<Sign size={14} stroke={1.5} />} onClick={copy}>
          {clipboard.copied ? t('copied') : label}
        </Button>
        {said}
      </>
    )
  return (
    <Tooltip label={clipboard.copied ? t('copied') : (name ?? t('copy'))}>
      <ActionIcon size="sm" aria-label={name ?? t('copy')} onClick={copy}>
        <Sign size={14} stroke={1.5} />
        {said}
      </ActionIcon>
    </Tooltip>
  )
}
