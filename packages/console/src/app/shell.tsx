import { ActionIcon, Drawer } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconMenu2, IconSearch } from '@tabler/icons-react'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useSession } from '../api/session.ts'
import { useWorkspace } from '../api/use-workspace.ts'
import { useWorkspaces } from '../api/workspaces.ts'
import { speak } from './language.ts'
import { keepLastWorkspace } from './last-workspace.ts'
import { preloadRooms } from './load-room.ts'
import { Logo } from './logo.tsx'
import { Navigation } from './navigation.tsx'
import { OfflineBar } from './offline-bar.tsx'
import { PasswordAgain } from './password-again.tsx'
import { openSearch, Search } from './search.tsx'
import css from './shell.module.css'
import { Shortcuts } from './shortcuts.tsx'
import { UnknownWorkspace } from './unknown-workspace.tsx'
import { ViewAsBar } from './view-as-bar.tsx'
import { WorkspaceBar } from './workspace-bar.tsx'

// Long enough for the room that was asked for to have its data first.
const PRELOAD_AFTER_MS = 1_500

/** The frame around every room: navigation, search, shortcuts, the bar of a sandbox. */
export function Shell() {
  const { t } = useTranslation('shell')
  const slug = useWorkspace()
  const workspaces = useWorkspaces()
  const { member } = useSession()
  const [isMenuOpen, menu] = useDisclosure(false)
  const { pathname } = useLocation()
  const content = useRef<HTMLElement>(null)
  const isUnknown = workspaces.length > 0 && !workspaces.some((one) => one.slug === slug)

  useEffect(() => {
    if (member.language !== null) void speak(member.language)
  }, [member.language])
  useEffect(() => {
    if (!isUnknown) keepLastWorkspace(slug)
  }, [slug, isUnknown])
  useEffect(() => {
    const timer = setTimeout(preloadRooms, PRELOAD_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  // A new room: the menu gives way.
  useEffect(() => menu.close(), [pathname])

  return (
    <div className={css.shell}>
      <a className={css.skip} href="#content" onClick={() => content.current?.focus()}>
        {t('skip')}
      </a>
      <div className={css.side}>
        <Navigation />
      </div>
      <header className={css.top}>
        <ActionIcon size="xl" aria-label={t('openNavigation')} onClick={menu.open}>
          <IconMenu2 size={20} stroke={1.5} />
        </ActionIcon>
        <span className={css.brand}>
          <Logo size={20} /> Affluent
        </span>
        <ActionIcon size="xl" aria-label={t('search.open')} onClick={openSearch}>
          <IconSearch size={20} stroke={1.5} />
        </ActionIcon>
      </header>
      <Drawer.Root opened={isMenuOpen} onClose={menu.close} size={280} padding={0}>
        <Drawer.Overlay />
        <Drawer.Content aria-label={t('navigation')}>
          <Drawer.Body h="100%">
            <Navigation />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
      <div className={css.main}>
        <OfflineBar />
        <ViewAsBar />
        <WorkspaceBar />
        <main id="content" ref={content} tabIndex={-1} className={css.content}>
          {isUnknown ? <UnknownWorkspace /> : <Outlet key={slug} />}
        </main>
      </div>
      <Search />
      <Shortcuts />
      <PasswordAgain />
    </div>
  )
}
