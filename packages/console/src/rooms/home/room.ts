import { IconHome2 } from '@tabler/icons-react'
import { room, screen } from '../../app/room.ts'

const list = screen({
  place: 'home',
  path: '/',
  load: async () => (await import('./home-room.tsx')).HomeRoom,
})

export const home = room({
  key: 'home',
  group: undefined,
  icon: IconHome2,
  shortcut: 'h',
  name: { fr: 'Accueil', en: 'Home' },
  lead: { fr: 'Flux, santé et premiers pas', en: 'Flow, health and first steps' },
  otherWords: ['home', 'accueil', 'dashboard', 'tableau de bord', 'overview', 'start', 'santé', 'health'],
  needs: 'pipeline:read',
  screens: [list],
  words: {
    fr: async () => (await import('./french.ts')).home,
    en: async () => (await import('./english.ts')).home,
  },
})
