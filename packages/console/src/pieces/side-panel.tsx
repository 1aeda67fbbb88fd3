import { ActionIcon } from '@mantine/core'
import { useHotkeys } from '@mantine/hooks'
import { IconX } from '@tabler/icons-react'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import css from './side-panel.module.css'

interface SidePanelProps {
  /** Names the panel for screen readers; shown as its head unless `head` is given. */
  title: string
  head?: ReactNode
  /** Beside the close button. */
  actions?: ReactNode
  onClose: () => void
  children: ReactNode
  width?: number
}

/**
 * Details beside a list. Whether it is open stands in the address (a search parameter or a path), so the room shows it
 * or does not. Escape closes it and gives the focus back to what had it; the list keeps its place.
 */
export function SidePanel({ title, head, actions, onClose, children, width = 520 }: SidePanelProps) {
  const { t } = useTranslation('pieces')
  const panel = useRef<HTMLElement>(null)
  // A dialog above the panel takes its own Escape.
  useHotkeys([['Escape', () => document.querySelector('[aria-modal="true"]') === null && onClose()]])
  useEffect(() => {
    const before = document.activeElement
    panel.current?.focus({ preventScroll: true })
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true })
    }
  }, [])
  return (
    <aside ref={panel} className={css.panel} aria-label={title} tabIndex={-1} style={{ width }}>
      <header className={css.head}>
        <div className="grow">{head ?? <h2 className="cut">{title}</h2>}</div>
        {actions}
        <ActionIcon size="lg" aria-label={t('close')} onClick={onClose}>
          <IconX size={16} stroke={1.5} />
        </ActionIcon>
      </header>
      <div className={css.body}>{children}</div>
    </aside>
  )
}
