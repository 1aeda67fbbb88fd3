import { IconSettings2 } from '@tabler/icons-react'
import { room, screen } from '../../app/room.ts'

const list = screen({
  place: 'settings',
  path: '/settings',
  load: async () => (await import('./settings-room.tsx')).SettingsRoom,
})

export const settings = room({
  key: 'settings',
  group: 'manage',
  icon: IconSettings2,
  shortcut: 'r',
  name: { fr: 'Réglages', en: 'Settings' },
  lead: { fr: 'Votre compte et cet espace', en: 'Your account and this workspace' },
  otherWords: [
    'settings',
    'réglages',
    'preferences',
    'préférences',
    'compte',
    'account',
    'langue',
    'language',
    'workspaces',
    'espaces',
    'configuration',
  ],
  needs: 'account:own',
  screens: [list],
  words: {
    fr: async () => (await import('./french.ts')).settings,
    en: async () => (await import('./english.ts')).settings,
  },
})
