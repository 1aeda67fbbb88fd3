import { ActionIcon } from '@mantine/core'
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
  useEscape(onClose)
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

const OWN_ESCAPE = 'input, textarea, select, [role="menu"], [role="listbox"]'

/** Escape, unless a field, a menu or a dialog above has its own use for it. */
function useEscape(onEscape: () => void): void {
  const latest = useRef(onEscape)
  latest.current = onEscape
  useEffect(() => {
    const listen = ({ key, target }: KeyboardEvent) => {
      if (key !== 'Escape' || (target instanceof Element && target.closest(OWN_ESCAPE) !== null)) return
      if (document.querySelector('[aria-modal="true"]') === null) latest.current()
    }
    // Before a dialog that opened later hears of it and goes.
    window.addEventListener('keydown', listen, true)
    return () => window.removeEventListener('keydown', listen, true)
  }, [])
}
