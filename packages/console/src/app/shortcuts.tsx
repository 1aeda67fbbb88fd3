import { Kbd, Modal } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { Fragment, useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../api/use-workspace.ts'
import { addressIn } from './places.ts'
import { openSearch } from './search.tsx'
import { useOpenRooms } from './use-rooms.ts'
import { useSay } from './use-say.ts'

const OPEN = 'affluent:shortcuts'
// Within so long after g, the next key names a room.
const SECOND_KEY_MS = 1_500

/** Opens the help about the keyboard from anywhere. */
export function openShortcuts(): void {
  window.dispatchEvent(new Event(OPEN))
}

/** Hears the shortcuts of the shell and shows them on `?`. */
export function Shortcuts() {
  const { t } = useTranslation(['shell', 'pieces'])
  const [isOpen, setOpen] = useState(false)
  const say = useSay()
  const rooms = useOpenRooms()
  const workspace = useWorkspace()
  const router = useRouter()

  useEffect(() => {
    let goUntil = 0
    const hear = (event: KeyboardEvent) => {
      if (event.metaKey || event.ctrlKey || event.altKey || isWriting(event.target)) return
      const room =
        event.timeStamp < goUntil ? rooms.find(({ shortcut }) => shortcut === event.key) : undefined
      goUntil = event.key === 'g' ? event.timeStamp + SECOND_KEY_MS : 0
      if (room !== undefined) router.history.push(addressIn(workspace, room.screens[0].path))
      else if (event.key === '?') setOpen(true)
      else if (event.key === '/') openSearch()
      else return
      event.preventDefault()
    }
    const open = () => setOpen(true)
    window.addEventListener('keydown', hear)
    window.addEventListener(OPEN, open)
    return () => {
      window.removeEventListener('keydown', hear)
      window.removeEventListener(OPEN, open)
    }
  }, [rooms.map(({ key }) => key).join(), workspace, router])

  const lines: ReadonlyArray<readonly [string, readonly string[], 'thenKey' | 'orKey']> = [
    [t('shortcuts.search'), ['/', '⌘ K', 'Ctrl K'], 'orKey'],
    ...rooms.map(
      ({ name, shortcut }) => [t('shortcuts.goTo', { room: say(name) }), ['g', shortcut], 'thenKey'] as const,
    ),
    [t('shortcuts.close'), ['Esc'], 'orKey'],
    [t('shortcuts.help'), ['?'], 'orKey'],
  ]
  return (
    <Modal
      opened={isOpen}
      onClose={() => setOpen(false)}
      title={t('shortcuts.title')}
      closeButtonProps={{ 'aria-label': t('pieces:close') }}
    >
      <dl style={{ display: 'grid', gridTemplateColumns: '1fr auto', gap: '8px 16px', margin: 0 }}>
        {lines.map(([name, keys, between]) => (
          <Fragment key={name}>
            <dt>{name}</dt>
            <dd className="row" style={{ margin: 0, gap: 4, justifyContent: 'flex-end' }}>
              {keys.map((key, index) => (
                <Fragment key={key}>
                  {index > 0 && <span className="note">{t(`shortcuts.${between}`)}</span>}
                  <Kbd size="xs">{key}</Kbd>
                </Fragment>
              ))}
            </dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  )
}

function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return target.isContentEditable || target.closest('input, textarea, select, [role="textbox"]') !== null
}
