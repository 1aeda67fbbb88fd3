import { ROLES } from '@affluent/protocol/role'
import { type MantineColorScheme, Menu, useMantineColorScheme } from '@mantine/core'
import {
  IconCheck,
  IconDeviceDesktop,
  IconEye,
  IconKeyboard,
  IconLogout2,
  IconMoon,
  IconSelector,
  IconSettings2,
  IconSun,
  IconTerminal2,
} from '@tabler/icons-react'
import { useRouter } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useChangeMember, useSession, useSignOut } from '../api/session.ts'
import { useRole } from '../api/use-may.ts'
import { useViewAs } from '../api/view-as.ts'
import { Initials } from '../pieces/initials.tsx'
import { type Language, speak } from './language.ts'
import { LANGUAGES } from './languages.ts'
import css from './member-menu.module.css'
import { usePlaces } from './places.ts'
import { openShortcuts } from './shortcuts.tsx'

const SCHEMES: ReadonlyArray<readonly [MantineColorScheme, typeof IconSun]> = [
  ['auto', IconDeviceDesktop],
  ['light', IconSun],
  ['dark', IconMoon],
]

/** The member: language, appearance, help, signing out. */
export function MemberMenu() {
  const { t, i18n } = useTranslation(['shell', 'roles'])
  const { member, viewAs } = useSession()
  const role = useRole()
  const places = usePlaces()
  const router = useRouter()
  const change = useChangeMember()
  const signOut = useSignOut()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const name = member.name === '' ? member.email : member.name
  const choose = async (language: Language) => {
    await speak(language)
    await change({ language })
  }
  const leave = async () => {
    await signOut()
    await router.navigate({ to: '/sign-in' })
  }
  return (
    <Menu position="top-start" width={240} withinPortal>
      <Menu.Target>
        <button type="button" className={css.member}>
          <span className="unseen">{t('member.menu')}</span>
          <Initials name={name} seed={member.email} size={26} />
          <span className={css.name}>{name}</span>
          <IconSelector size={16} stroke={1.5} aria-hidden />
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          {member.email}
          {role !== undefined && <span style={{ display: 'block' }}>{t(`roles:names.${role}`)}</span>}
        </Menu.Label>
        <Menu.Item
          leftSection={<IconSettings2 size={14} stroke={1.5} />}
          onClick={() => router.history.push(places.settings())}
        >
          {t('member.settings')}
        </Menu.Item>
        {(viewAs !== null || role === 'owner') && <ViewAsMenu />}
        <Menu.Label>{t('member.language')}</Menu.Label>
        {LANGUAGES.map(({ code, name: own }) => (
          <Menu.Item
            key={code}
            lang={code}
            leftSection={<Tick isOn={i18n.language === code} />}
            onClick={() => void choose(code)}
          >
            {own}
          </Menu.Item>
        ))}
        <Menu.Label>{t('member.scheme')}</Menu.Label>
        {SCHEMES.map(([scheme, Sign]) => (
          <Menu.Item
            key={scheme}
            leftSection={<Tick isOn={colorScheme === scheme} />}
            rightSection={<Sign size={14} stroke={1.5} />}
            onClick={() => setColorScheme(scheme)}
          >
            {t(`member.schemes.${scheme}`)}
          </Menu.Item>
        ))}
        <Menu.Divider />
        <Menu.Item leftSection={<IconKeyboard size={14} stroke={1.5} />} onClick={openShortcuts}>
          {t('member.shortcuts')}
        </Menu.Item>
        <Menu.Item
          component="a"
          href="/openapi.json"
          target="_blank"
          leftSection={<IconTerminal2 size={14} stroke={1.5} />}
        >
          {t('member.reference')}
        </Menu.Item>
        <Menu.Item leftSection={<IconLogout2 size={14} stroke={1.5} />} onClick={() => void leave()}>
          {t('member.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}

/** For owners: the other roles, to look at the workspace as one of them. */
function ViewAsMenu() {
  const { t } = useTranslation('roles')
  const { viewAs } = useSession()
  const view = useViewAs()
  return (
    <Menu.Sub>
      <Menu.Sub.Target>
        <Menu.Sub.Item leftSection={<IconEye size={14} stroke={1.5} />}>{t('viewAs')}</Menu.Sub.Item>
      </Menu.Sub.Target>
      <Menu.Sub.Dropdown>
        {ROLES.filter((role) => role !== 'owner').map((role) => (
          <Menu.Item
            key={role}
            leftSection={<Tick isOn={viewAs === role} />}
            onClick={() => view.mutate(role)}
          >
            {t(`names.${role}`)}
          </Menu.Item>
        ))}
      </Menu.Sub.Dropdown>
    </Menu.Sub>
  )
}

function Tick({ isOn }: { isOn: boolean }) {
  return <IconCheck size={14} stroke={2} visibility={isOn ? 'visible' : 'hidden'} />
}
