import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { useState } from 'react'
import { cssVariables, theme } from '../look/theme.ts'
import { createQueries } from './queries.ts'
import { createConsoleRouter } from './router.tsx'

const schemes = localStorageColorSchemeManager({ key: 'affluent-scheme' })

/** Everything that all screens stand on. */
export function App() {
  const [{ queries, router }] = useState(() => {
    const queries = createQueries(() => void router.invalidate())
    const router = createConsoleRouter(queries)
    return { queries, router }
  })
  return (
    <QueryClientProvider client={queries}>
      <MantineProvider
        theme={theme}
        defaultColorScheme="auto"
        colorSchemeManager={schemes}
        cssVariablesResolver={cssVariables}
      >
        <Notifications position="bottom-right" limit={3} autoClose={4_000} />
        <RouterProvider router={router} />
      </MantineProvider>
    </QueryClientProvider>
  )
}
