import { IconSearch } from '@tabler/icons-react'
import { useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { Anchor } from '../pieces/anchor.tsx'
import { Logo } from './logo.tsx'
import { MemberMenu } from './member-menu.tsx'
import css from './navigation.module.css'
import { usePlaces } from './places.ts'
import { ROOMS, type Room, type RoomGroup } from './rooms.ts'
import { openSearch } from './search.tsx'
import { WorkspaceSwitcher } from './workspace-switcher.tsx'

const GROUPS: ReadonlyArray<RoomGroup | undefined> = [undefined, 'collect', 'know', 'act', 'manage']

/** Workspace, search, rooms and the member, from top to bottom. */
export function Navigation() {
  const { t } = useTranslation('shell')
  const places = usePlaces()
  return (
    <nav className={css.side} aria-label={t('navigation')}>
      <Anchor href={places.home} className={css.brand}>
        <Logo /> Affluent
      </Anchor>
      <WorkspaceSwitcher />
      <button type="button" className={css.search} onClick={openSearch}>
        <IconSearch size={16} stroke={1.5} aria-hidden />
        <span className="grow">{t('search.open')}</span>
        <kbd>{isApple() ? '⌘K' : 'Ctrl K'}</kbd>
      </button>
      <div className={css.rooms}>
        {GROUPS.map((group) => (
          <Group key={group ?? 'first'} group={group} rooms={ROOMS.filter((room) => room.group === group)} />
        ))}
      </div>
      <MemberMenu />
    </nav>
  )
}

function Group({ group, rooms }: { group: RoomGroup | undefined; rooms: readonly Room[] }) {
  const { t } = useTranslation('shell')
  return (
    <>
      {group !== undefined && <h2 className={css.group}>{t(`groups.${group}`)}</h2>}
      <ul className={css.list}>
        {rooms.map((room) => (
          <li key={room.name}>
            <RoomLink room={room} />
          </li>
        ))}
      </ul>
    </>
  )
}

function RoomLink({ room }: { room: Room }) {
  const { t } = useTranslation('shell')
  const places = usePlaces()
  const { pathname } = useLocation()
  const href = room.href(places)
  const isHere = room.name === 'home' ? `${pathname}/`.replace('//', '/') === href : pathname.startsWith(href)
  const { icon: Sign } = room
  return (
    <Anchor href={href} className={css.room} aria-current={isHere ? 'page' : undefined}>
      <Sign size={18} stroke={1.5} aria-hidden />
      {t(`rooms.${room.name}`)}
    </Anchor>
  )
}

function isApple(): boolean {
  return /mac|iphone|ipad/i.test(navigator.userAgent)
}
