import { IconPlugConnected } from '@tabler/icons-react'
import { api } from '../../api/request.ts'
import { finder, room, screen } from '../../app/room.ts'

const list = screen({
  place: 'sources',
  path: '/sources',
  load: async () => (await import('./sources-room.tsx')).SourcesRoom,
})

export const sources = room({
  key: 'sources',
  group: 'collect',
  icon: IconPlugConnected,
  shortcut: 's',
  name: { fr: 'Sources', en: 'Sources' },
  lead: { fr: 'D’où viennent les événements', en: 'Where events come from' },
  otherWords: [
    'write key',
    'clé d’écriture',
    'sdk',
    'snippet',
    'app',
    'stream',
    'flux',
    'tracking',
    'installation',
  ],
  needs: 'sources:read',
  names: finder(
    'sources:read',
    () => api('GET /v1/sources'),
    ({ sources }) => sources.map(({ slug, name }) => ({ key: slug, name, to: list.at({ source: slug }) })),
  ),
  screens: [list],
  words: {
    fr: async () => (await import('./french.ts')).sources,
    en: async () => (await import('./english.ts')).sources,
  },
})
