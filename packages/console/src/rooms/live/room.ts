import { IconActivityHeartbeat } from '@tabler/icons-react'
import { room, screen } from '../../app/room.ts'
import { readLiveSearch } from './live-search.ts'

const list = screen({
  place: 'live',
  path: '/live',
  search: readLiveSearch,
  load: async () => (await import('./live-room.tsx')).LiveRoom,
})

export const live = room({
  key: 'live',
  group: 'collect',
  icon: IconActivityHeartbeat,
  shortcut: 'l',
  name: { fr: 'En direct', en: 'Live events' },
  lead: { fr: 'Les événements dès leur arrivée', en: 'Events as they arrive' },
  otherWords: [
    'live events',
    'en direct',
    'debugger',
    'events',
    'événements',
    'hits',
    'messages',
    'quarantaine',
    'quarantine',
    'erreurs',
    'logs',
  ],
  needs: 'events:read',
  opens: (text) => {
    const event = /^(evt|out)_\d+$/i.test(text) ? text.toLowerCase() : undefined
    return event === undefined
      ? undefined
      : {
          label: { fr: 'Événements', en: 'Events' },
          name: { fr: `Ouvrir l’événement ${event}`, en: `Open the event ${event}` },
          to: list.at({ event }),
        }
  },
  screens: [list],
  words: {
    fr: async () => (await import('./french.ts')).live,
    en: async () => (await import('./english.ts')).live,
  },
})
