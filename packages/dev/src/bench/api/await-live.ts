import { setTimeout as pause } from 'node:timers/promises'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import { number } from '../report/print-report.ts'
import type { ApiClient } from './api-client.ts'

const POLL_MS = 50
// so long without a step forward, and the preparation hangs
const STALL_MS_MAX = 120_000

/**
 * Waits until an audience is live.
 * @param see told each reading before
 * @throws Error when it fails, or makes no progress for two minutes
 */
export async function awaitLive(
  api: ApiClient,
  key: string,
  see: (answer: AudienceAnswer) => void = () => {},
): Promise<AudienceAnswer> {
  let seen = -1
  let movedAt = performance.now()
  for (;;) {
    const answer = await api.get<AudienceAnswer>(`/v1/audiences/${key}`)
    if (answer.status === 'live') return answer
    if (answer.status === 'failed') throw new Error(`The audience "${key}" failed: ${answer.error}`)
    if (answer.progress !== seen) {
      seen = answer.progress
      movedAt = performance.now()
    } else if (performance.now() - movedAt > STALL_MS_MAX) {
      throw new Error(
        `The audience "${key}" has stood at ${number(100 * answer.progress)} % for two minutes.`,
      )
    }
    see(answer)
    await pause(POLL_MS)
  }
}
