import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { type QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { cssVariables, theme } from '../look/theme.ts'
import { ROOMS } from '../rooms/rooms.ts'
import { createQueries } from './queries.ts'
import { createConsoleRouter } from './router.tsx'
import { RoomsProvider } from './use-rooms.ts'

const schemes = localStorageColorSchemeManager({ key: 'affluent-scheme' })

/** The store of answers and the router, which belong together for the life of the page. */
export interface Grounds {
  readonly queries: QueryClient
  readonly router: ReturnType<typeof createConsoleRouter>
}

/** Makes them; nothing is asked for until the router loads. */
export function layGrounds(): Grounds {
  const queries = createQueries(() => void router.invalidate())
  const router = createConsoleRouter(queries)
  return { queries, router }
}

/** Everything that all screens stand on. */
export function App({ queries, router }: Grounds) {
  return (
    <QueryClientProvider client={queries}>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={schemes}
        cssVariablesResolver={cssVariables}
      >
        <Notifications position="bottom-right" limit={3} autoClose={4_000} />
        <RoomsProvider value={ROOMS}>
          <RouterProvider router={router} />
        </RoomsProvider>
      </MantineProvider>
    </QueryClientProvider>
  )
}
