import { api } from '../../api/request.ts'
import { useGet } from '../../api/use-get.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useWorkspaces } from '../../api/workspaces.ts'

const EVERY_MS = 3_000

/** All destinations with their health, followed live. */
export function useDestinations() {
  return useGet(api('GET /v1/destinations'), { everyMs: EVERY_MS })
}

/** One destination with its health, followed live. */
export function useDestination(id: string) {
  return useGet(api('GET /v1/destinations/{id}', { params: { id } }), {
    everyMs: EVERY_MS,
  })
}

/** The connections that lead to a destination, followed while members are being sent. */
export function useConnections(destination: string) {
  const request = api('GET /v1/connections', { query: { destination } })
  const first = useGet(request, { freshMs: 1_000 })
  const isSending = first.data?.connections.some(({ members }) => members?.isDone === false) ?? false
  return useGet(request, { everyMs: isSending ? EVERY_MS : false })
}

/** Whether nothing leaves this workspace. */
export function useIsSandbox(): boolean {
  const slug = useWorkspace()
  return useWorkspaces().find((one) => one.slug === slug)?.kind === 'sandbox'
}
