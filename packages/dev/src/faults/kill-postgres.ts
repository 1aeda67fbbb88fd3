import { setTimeout as pause } from 'node:timers/promises'
import { killNow } from './process-list.ts'
import { livingOf, type ServerProcesses } from './server-under-test.ts'

const POLL_MS = 10

/**
 * kill -9 of the postmaster alone, of one of its processes, or of all.
 * @param share which one of its processes, 0 to 1
 * @returns what was killed, for people
 */
export async function killPostgres(
  part: 'postmaster' | 'all' | 'backend',
  { postmaster, backends }: Pick<ServerProcesses, 'postmaster' | 'backends'>,
  share: number,
): Promise<string> {
  if (postmaster === undefined) return 'PostgreSQL, which was down'
  if (part === 'backend' && backends.length > 0) {
    killNow(backends[Math.floor(share * backends.length)] as number)
    return 'one process of PostgreSQL'
  }
  killNow(postmaster)
  if (part === 'postmaster') return 'the postmaster alone'
  for (const pid of backends) killNow(pid)
  while ((await livingOf([postmaster, ...backends])).length > 0) await pause(POLL_MS)
  return 'all of PostgreSQL'
}
