import { IconSend2 } from '@tabler/icons-react'
import { api } from '../../api/request.ts'
import { finder, room, screen } from '../../app/room.ts'

const list = screen({
  place: 'destinations',
  path: '/destinations',
  load: async () => (await import('./destinations-room.tsx')).DestinationsRoom,
})
const one = screen({
  place: 'destination',
  path: '/destinations/$id',
  load: async () => (await import('./destination-room.tsx')).DestinationRoom,
})

export const destinations = room({
  key: 'destinations',
  group: 'act',
  icon: IconSend2,
  shortcut: 'd',
  name: { fr: 'Destinations', en: 'Destinations' },
  lead: { fr: 'Où les données sont envoyées', en: 'Where data is sent' },
  otherWords: [
    'integrations',
    'intégrations',
    'sinks',
    'webhook',
    'deliveries',
    'transmissions',
    'livraisons',
    'connexions',
    'connections',
    'activation',
  ],
  needs: 'destinations:read',
  names: finder(
    'destinations:read',
    () => api('GET /v1/destinations'),
    ({ destinations }) => destinations.map(({ id, name }) => ({ key: id, name, to: one.at(id) })),
  ),
  screens: [list, one],
  words: {
    fr: async () => (await import('./french.ts')).destinations,
    en: async () => (await import('./english.ts')).destinations,
  },
})
