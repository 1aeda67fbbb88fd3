import { IconUsersGroup } from '@tabler/icons-react'
import { api } from '../../api/request.ts'
import { finder, room, screen } from '../../app/room.ts'

const list = screen({
  place: 'audiences',
  path: '/audiences',
  load: async () => (await import('./audiences-room.tsx')).AudiencesRoom,
})
const one = screen({
  place: 'audience',
  path: '/audiences/$key',
  load: async () => (await import('./audience-room.tsx')).AudienceRoom,
})

export const audiences = room({
  key: 'audiences',
  group: 'know',
  icon: IconUsersGroup,
  shortcut: 'a',
  name: { fr: 'Audiences', en: 'Audiences' },
  lead: { fr: 'Qui remplit une condition', en: 'Who meets a condition' },
  otherWords: ['segments', 'cohorts', 'cohortes', 'lists', 'listes', 'ciblage', 'targeting'],
  needs: 'audiences:read',
  names: finder(
    'audiences:read',
    () => api('GET /v1/audiences'),
    ({ audiences }) => audiences.map(({ key, name }) => ({ key, name, to: one.at(key) })),
  ),
  screens: [list, one],
  words: {
    fr: async () => (await import('./french.ts')).audiences,
    en: async () => (await import('./english.ts')).audiences,
  },
})
