import { setTimeout as pause } from 'node:timers/promises'

/** When to look, and what a fault is told to. */
export interface Looking {
  /** says stop */
  readonly signal: AbortSignal
  /** between two looks while there is nothing to do, in milliseconds */
  readonly everyMs: number
  /** between a fault and the next look, in milliseconds; absent: the same */
  readonly retryMs?: number
  readonly onFault: (error: unknown) => void
}

/**
 * Looks for something to do until it is told to stop: again at once when there was something, else a while later. A
 * fault ends one look.
 * @param look returns whether there was something to do
 */
export async function keepLooking(
  look: () => Promise<boolean>,
  { signal, everyMs, retryMs = everyMs, onFault }: Looking,
): Promise<void> {
  while (!signal.aborted) {
    let waitMs = everyMs
    try {
      if (await look()) continue
    } catch (error) {
      if (signal.aborted) return
      onFault(error)
      waitMs = retryMs
    }
    await pause(waitMs, undefined, { signal }).catch(() => undefined)
  }
}
