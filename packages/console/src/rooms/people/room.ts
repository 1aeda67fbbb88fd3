import { IconUserSearch } from '@tabler/icons-react'
import { api } from '../../api/request.ts'
import { finder, room, screen } from '../../app/room.ts'
import { readPeopleSearch, readProfileSearch } from './people-search.ts'
import { tellApart } from './tell-apart.ts'

const PEOPLE_SHOWN = 8

const list = screen({
  place: 'people',
  path: '/people',
  search: readPeopleSearch,
  load: async () => (await import('./people-room.tsx')).PeopleRoom,
})
const one = screen({
  place: 'person',
  path: '/people/$profileId',
  search: readProfileSearch,
  load: async () => (await import('./profile-room.tsx')).ProfileRoom,
})

export const people = room({
  key: 'people',
  group: 'know',
  icon: IconUserSearch,
  shortcut: 'p',
  name: { fr: 'Personnes', en: 'People' },
  lead: { fr: 'Trouver quelqu’un, et ce que l’on en sait', en: 'Find somebody, and what is known of them' },
  otherWords: [
    'people',
    'personnes',
    'profils',
    'profiles',
    'users',
    'utilisateurs',
    'contacts',
    'customers',
    'clients',
    'rcu',
    'attributs',
    'attributes',
    'identité',
  ],
  needs: 'profiles:search',
  people: finder(
    'profiles:search',
    (search) => api('GET /v1/profiles', { query: { search, limit: PEOPLE_SHOWN } }),
    ({ profiles }) => profiles.map((found) => ({ ...found, beside: tellApart(found), to: one.at(found.id) })),
  ),
  screens: [list, one],
  words: {
    fr: async () => (await import('./french.ts')).people,
    en: async () => (await import('./english.ts')).people,
  },
})
