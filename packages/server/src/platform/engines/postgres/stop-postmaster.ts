import { setTimeout as pause } from 'node:timers/promises'
import { isAlive } from './process-in-cluster.ts'

const POLL_MS = 10

/**
 * Sends each signal in turn and waits its time, in milliseconds, for the process to end.
 * @returns false when it outlived them all
 */
export async function signalUntilGone(
  pid: number,
  steps: readonly (readonly [NodeJS.Signals, number])[],
): Promise<boolean> {
  for (const [signal, waitMs] of steps) {
    try {
      process.kill(pid, signal)
    } catch {
      return true
    }
    if (await waitUntilGone(pid, waitMs)) return true
  }
  return false
}

/** Waits up to `waitMs` for a process to end; false when it lives on. */
export async function waitUntilGone(pid: number, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs
  while (await isAlive(pid)) {
    if (performance.now() > deadline) return false
    await pause(POLL_MS)
  }
  return true
}
