import { useSyncExternalStore } from 'react'

const listeners = new Set<() => void>()
let isReachable = true

/** Notes whether the server answered the last request at all. */
export function noteReachable(answered: boolean): void {
  if (answered === isReachable) return
  isReachable = answered
  for (const listener of listeners) listener()
}

/** Whether the server answered the last request, whatever it said. */
export function useReachable(): boolean {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => isReachable,
  )
}
