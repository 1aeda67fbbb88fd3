import { IconSearch } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useWorkspace } from '../api/use-workspace.ts'
import { Anchor } from '../pieces/anchor.tsx'
import { Logo } from './logo.tsx'
import { MemberMenu } from './member-menu.tsx'
import css from './navigation.module.css'
import { addressIn, usePlaces } from './places.ts'
import type { RoomFacts, RoomGroup } from './room.ts'
import { openSearch } from './search.tsx'
import { useOpenRooms } from './use-rooms.ts'
import { useSay } from './use-say.ts'
import { WorkspaceSwitcher } from './workspace-switcher.tsx'

const GROUPS: ReadonlyArray<RoomGroup | undefined> = [undefined, 'collect', 'know', 'act', 'manage']

/** Workspace, search, rooms and the member, from top to bottom. */
export function Navigation() {
  const { t } = useTranslation('shell')
  const places = usePlaces()
  const rooms = useOpenRooms()
  return (
    <nav className={css.side} aria-label={t('navigation')}>
      <Anchor href={places.home()} className={css.brand}>
        <Logo /> Affluent
      </Anchor>
      <WorkspaceSwitcher />
      <button type="button" className={css.search} onClick={openSearch}>
        <IconSearch size={16} stroke={1.5} aria-hidden />
        <span className="grow">{t('search.open')}</span>
        <kbd>{isApple() ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <div className={css.rooms}>
        {GROUPS.map((group) => {
          const own = rooms.filter((room) => room.group === group)
          return own.length > 0 && <Group key={group ?? 'first'} group={group} rooms={own} />
        })}
      </div>
      <MemberMenu />
    </nav>
  )
}

function Group({ group, rooms }: { group: RoomGroup | undefined; rooms: readonly RoomFacts[] }) {
  const { t } = useTranslation('shell')
  return (
    <>
      {group !== undefined && <h2 className={css.group}>{t(`groups.${group}`)}</h2>}
      <ul className={css.list}>
        {rooms.map((room) => (
          <li key={room.key}>
            <RoomLink room={room} />
          </li>
        ))}
      </ul>
    </>
  )
}

function RoomLink({ room: { key, icon: Sign, name, screens } }: { room: RoomFacts }) {
  const say = useSay()
  const workspace = useWorkspace()
  const { pathname } = useLocation()
  const href = addressIn(workspace, screens[0].path)
  const isHere = key === 'home' ? `${pathname}/`.replace('//', '/') === href : pathname.startsWith(href)
  return (
    <Anchor href={href} className={css.room} aria-current={isHere ? 'page' : undefined}>
      <Sign size={18} stroke={1.5} aria-hidden />
      {say(name)}
    </Anchor>
  )
}

function isApple(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent)
}
