import {
  type Icon,
  IconActivityHeartbeat,
  IconHome2,
  IconPlugConnected,
  IconSend2,
  IconSettings2,
  IconUserSearch,
  IconUsersGroup,
} from '@tabler/icons-react'
import type { Places } from './places.ts'

export type RoomName = 'home' | 'live' | 'people' | 'audiences' | 'destinations' | 'sources' | 'settings'
export type RoomGroup = 'collect' | 'know' | 'act' | 'manage'

/** A room in the navigation, in the search and among the shortcuts. */
export interface Room {
  readonly name: RoomName
  /** In the order in which data flows: collect, know, act. Home stands before all groups. */
  readonly group: RoomGroup | undefined
  readonly icon: Icon
  readonly href: (places: Places) => string
  /** After g. */
  readonly key: string
  /** Other words by which people look for it, in any language. */
  readonly otherWords: readonly string[]
}

/** The rooms that exist, in the order of the navigation. */
export const ROOMS: readonly Room[] = [
  {
    name: 'home',
    group: undefined,
    icon: IconHome2,
    href: (places) => places.home,
    key: 'h',
    otherWords: ['home', 'accueil', 'dashboard', 'tableau de bord', 'overview', 'start', 'santé', 'health'],
  },
  {
    name: 'sources',
    group: 'collect',
    icon: IconPlugConnected,
    href: (places) => places.sources(),
    key: 's',
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
  },
  {
    name: 'live',
    group: 'collect',
    icon: IconActivityHeartbeat,
    href: (places) => places.live(),
    key: 'l',
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
  },
  {
    name: 'people',
    group: 'know',
    icon: IconUserSearch,
    href: (places) => places.people(),
    key: 'p',
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
  },
  {
    name: 'audiences',
    group: 'know',
    icon: IconUsersGroup,
    href: (places) => places.audiences(),
    key: 'a',
    otherWords: ['segments', 'cohorts', 'cohortes', 'lists', 'listes', 'ciblage', 'targeting'],
  },
  {
    name: 'destinations',
    group: 'act',
    icon: IconSend2,
    href: (places) => places.destinations(),
    key: 'd',
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
  },
  {
    name: 'settings',
    group: 'manage',
    icon: IconSettings2,
    href: (places) => places.settings,
    key: 'r',
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
  },
]
