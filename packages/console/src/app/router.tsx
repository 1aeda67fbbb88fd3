import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  redirect,
} from '@tanstack/react-router'
import { sessionQuery } from '../api/session.ts'
import { readLiveSearch } from '../rooms/live/live-search.ts'
import { readPeopleSearch, readProfileSearch } from '../rooms/people/people-search.ts'
import { Broken } from './broken.tsx'
import { Landing } from './landing.tsx'
import { roomOf } from './load-room.ts'
import { LostPage, NotFound } from './not-found.tsx'
import { Opening, OpeningFrame } from './opening.tsx'
import { Shell } from './shell.tsx'

const root = createRootRouteWithContext<{ queries: QueryClient }>()({
  component: Outlet,
  notFoundComponent: LostPage,
})

interface SignInSearch {
  /** Where to go after signing in. */
  next?: string
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ next }: Record<string, unknown>): SignInSearch =>
    // Only a path of ours: `//elsewhere.example` would lead away.
    typeof next === 'string' && /^\/(?![/\\])/.test(next) ? { next } : {},
  component: roomOf(() => import('../rooms/sign-in/sign-in-room.tsx'), 'SignInRoom'),
})

const needsSession = async ({
  context,
  location,
}: {
  context: { queries: QueryClient }
  location: { href: string }
}) => {
  const session = await context.queries.ensureQueryData(sessionQuery)
  if (session === null) throw redirect({ to: '/sign-in', search: { next: location.href } })
}

const landing = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: needsSession,
  component: Landing,
})

const workspace = createRoute({
  getParentRoute: () => root,
  path: '/w/$workspace',
  beforeLoad: needsSession,
  component: Shell,
  pendingComponent: OpeningFrame,
  notFoundComponent: NotFound,
})

/** A room's search parameters as they stand in the address; each room reads them by a function of its own. */
const anySearch = (search: Record<string, unknown>): Record<string, unknown> => search

const rooms = [
  createRoute({
    getParentRoute: () => workspace,
    path: '/',
    component: roomOf(() => import('../rooms/home/home-room.tsx'), 'HomeRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/live',
    validateSearch: readLiveSearch,
    component: roomOf(() => import('../rooms/live/live-room.tsx'), 'LiveRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/people',
    validateSearch: readPeopleSearch,
    component: roomOf(() => import('../rooms/people/people-room.tsx'), 'PeopleRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/people/$profileId',
    validateSearch: readProfileSearch,
    component: roomOf(() => import('../rooms/people/profile-room.tsx'), 'ProfileRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/audiences',
    validateSearch: anySearch,
    component: roomOf(() => import('../rooms/audiences/audiences-room.tsx'), 'AudiencesRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/audiences/$key',
    validateSearch: anySearch,
    component: roomOf(() => import('../rooms/audiences/audience-room.tsx'), 'AudienceRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/destinations',
    validateSearch: anySearch,
    component: roomOf(() => import('../rooms/destinations/destinations-room.tsx'), 'DestinationsRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/destinations/$id',
    validateSearch: anySearch,
    component: roomOf(() => import('../rooms/destinations/destination-room.tsx'), 'DestinationRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/sources',
    validateSearch: anySearch,
    component: roomOf(() => import('../rooms/sources/sources-room.tsx'), 'SourcesRoom'),
  }),
  createRoute({
    getParentRoute: () => workspace,
    path: '/settings',
    component: roomOf(() => import('../rooms/settings/settings-room.tsx'), 'SettingsRoom'),
  }),
] as const

const tree = root.addChildren([signIn, landing, workspace.addChildren(rooms)])

/** The addresses of the console and what each shows; a room is loaded when it is first asked for. */
export function createConsoleRouter(queries: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    defaultPreload: 'intent',
    defaultErrorComponent: Broken,
    defaultNotFoundComponent: NotFound,
    defaultPendingComponent: Opening,
    defaultPendingMs: 200,
    defaultPendingMinMs: 0,
    scrollRestoration: true,
    // A panel that opens or a filter that changes leaves the list where it was.
    getScrollRestorationKey: ({ pathname }) => pathname,
  })
}

declare module '@tanstack/react-router' {
  interface Register {
    router: ReturnType<typeof createConsoleRouter>
  }
}
