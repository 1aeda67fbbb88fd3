import type { ConnectionAnswer, DestinationAnswer } from '@affluent/protocol/delivery-api'
import { address } from '../../api/address.ts'
import { useGet } from '../../api/use-get.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import { useWorkspaces } from '../../api/workspaces.ts'

const EVERY_MS = 3_000

/** All destinations with their health, followed live. */
export function useDestinations() {
  return useGet<{ destinations: DestinationAnswer[] }>('/v1/destinations', { everyMs: EVERY_MS })
}

/** One destination with its health, followed live. */
export function useDestination(id: string) {
  return useGet<{ destination: DestinationAnswer }>(`/v1/destinations/${encodeURIComponent(id)}`, {
    everyMs: EVERY_MS,
  })
}

/** The connections that lead to a destination, followed while members are being sent. */
export function useConnections(destination: string) {
  const path = address('/v1/connections', { destination })
  const first = useGet<{ connections: ConnectionAnswer[] }>(path, { freshMs: 1_000 })
  const isSending = first.data?.connections.some(({ members }) => members?.isDone === false) ?? false
  return useGet<{ connections: ConnectionAnswer[] }>(path, { everyMs: isSending ? EVERY_MS : false })
}

/** Whether nothing leaves this workspace. */
export function useIsSandbox(): boolean {
  const slug = useWorkspace()
  return useWorkspaces().find((one) => one.slug === slug)?.kind === 'sandbox'
}
