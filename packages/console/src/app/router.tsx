import type { Permission } from '@affluent/protocol/permission'
import type { QueryClient } from '@tanstack/react-query'
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  Outlet,
  type RouteComponent,
  redirect,
} from '@tanstack/react-router'
import { sessionQuery } from '../api/session.ts'
import { workspacesQuery } from '../api/workspaces.ts'
import { type AnyScreen, ROOMS } from '../rooms/rooms.ts'
import { Broken } from './broken.tsx'
import { INVITATION_PATH, PASSWORD_RESET_PATH } from './entry-links.ts'
import { Guard } from './guard.tsx'
import { Landing } from './landing.tsx'
import { lazyScreen } from './load-room.ts'
import { LostPage, NotFound } from './not-found.tsx'
import { Opening, OpeningFrame } from './opening.tsx'
import type { Screen } from './room.ts'
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
  component: lazyScreen(async () => (await import('../rooms/sign-in/sign-in-room.tsx')).SignInRoom),
})

const invitation = createRoute({
  getParentRoute: () => root,
  path: INVITATION_PATH,
  component: lazyScreen(async () => (await import('../rooms/sign-in/invitation-room.tsx')).InvitationRoom),
})

const passwordReset = createRoute({
  getParentRoute: () => root,
  path: PASSWORD_RESET_PATH,
  component: lazyScreen(
    async () => (await import('../rooms/sign-in/password-reset-room.tsx')).PasswordResetRoom,
  ),
})

const needsSession = async ({
  context,
  location,
}: {
  context: { queries: QueryClient }
  location: { href: string }
}) => {
  // with the role, which says what is shown: both at once
  const [session] = await Promise.all([
    context.queries.ensureQueryData(sessionQuery),
    context.queries.prefetchQuery(workspacesQuery),
  ])
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

function routeOf<const Path extends string, Read>(
  { path, search, load }: Screen<string, Path, Read>,
  needs: Permission,
) {
  return createRoute({
    getParentRoute: () => workspace,
    path,
    validateSearch: search,
    component: guarded(lazyScreen(load), needs),
  })
}

/** The screen for those who may see it; for others, which roles may. */
function guarded(Own: RouteComponent, needs: Permission): RouteComponent {
  const Guarded = () => <Guard needs={needs} screen={Own} />
  return Object.assign(Guarded, Own.preload === undefined ? {} : { preload: Own.preload })
}

type RouteOf<S> =
  S extends Screen<string, infer Path, infer Read> ? ReturnType<typeof routeOf<Path, Read>> : never

type Routes = { readonly [S in AnyScreen as S['place']]: RouteOf<S> }

const rooms = Object.fromEntries(
  ROOMS.flatMap((room) => room.screens.map((one: Screen) => [one.place, routeOf(one, room.needs)])),
) as unknown as Routes

const tree = root.addChildren([signIn, invitation, passwordReset, landing, workspace.addChildren(rooms)])

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
