import { IconUserShield } from '@tabler/icons-react'
import { room, screen } from '../../app/room.ts'

const page = screen({
  place: 'team',
  path: '/team',
  load: async () => (await import('./team-room.tsx')).TeamRoom,
})

export const team = room({
  key: 'team',
  group: 'manage',
  icon: IconUserShield,
  shortcut: 't',
  name: { fr: 'Équipe et clés', en: 'Team and keys' },
  lead: {
    fr: 'Qui entre dans cet espace, et quels programmes',
    en: 'Who enters this workspace, and which programs',
  },
  otherWords: [
    'team',
    'équipe',
    'membres',
    'members',
    'rôles',
    'roles',
    'inviter',
    'invite',
    'invitation',
    'permissions',
    'droits',
    'access',
    'accès',
    'api key',
    'clé d’api',
    'token',
    'jeton',
    'utilisateurs',
    'users',
  ],
  needs: 'members:read',
  screens: [page],
  words: {
    fr: async () => (await import('./french.ts')).team,
    en: async () => (await import('./english.ts')).team,
  },
})
