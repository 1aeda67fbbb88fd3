import { setTimeout as pause } from 'node:timers/promises'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import { checkKept, type KeptVerdict } from './check-kept.ts'
import type { LoadHistory } from './load-history.ts'
import { findStores, readKept, type StorePlaces } from './read-kept.ts'
import type { ServerUnderTest } from './server-under-test.ts'

const REST_MS_MAX = 60_000
const POLL_MS = 100

/**
 * Waits until all that was accepted is processed and loaded, then checks both stores exactly.
 * @param stores of a server whose stores are not embedded
 */
export async function checkAtRest(
  server: ServerUnderTest,
  history: LoadHistory,
  stores?: StorePlaces,
): Promise<KeptVerdict> {
  const pipeline = await waitForRest(server)
  const verdict = checkKept(
    history,
    await readKept(stores ?? (await findStores(server.options.dataDir))),
    pipeline,
  )
  const { accepted, processed, loaded } = pipeline
  if (processed === accepted && loaded === accepted) return verdict
  const restless = `no rest after ${REST_MS_MAX / 1000} s: accepted ${accepted}, processed ${processed}, loaded ${loaded}`
  return { ...verdict, faults: [restless, ...verdict.faults] }
}

async function waitForRest(server: ServerUnderTest): Promise<PipelineAnswer> {
  const deadline = performance.now() + REST_MS_MAX
  for (;;) {
    const answer = await server.get('/v1/pipeline').catch(() => undefined)
    if (answer?.status === 200) {
      const pipeline = JSON.parse(answer.body) as PipelineAnswer
      const { accepted, processed, loaded } = pipeline
      if ((processed === accepted && loaded === accepted) || performance.now() > deadline) return pipeline
    }
    if (performance.now() > deadline + REST_MS_MAX)
      throw new Error(`The pipeline cannot be read: ${answer?.body.slice(0, 200) ?? 'no answer'}`)
    await pause(POLL_MS)
  }
}

/** Reads some people's events while the load runs: whatever is seen once must stay. */
export async function readSome(
  server: ServerUnderTest,
  history: LoadHistory,
  people: readonly string[],
): Promise<void> {
  for (const userId of people) {
    const startedAt = performance.now()
    const answer = await server.get(`/v1/profiles/user_id:${userId}/events?limit=1000`).catch(() => undefined)
    if (answer?.status !== 200) continue
    const counts = new Map<string, number>()
    for (const { messageId } of (JSON.parse(answer.body) as { events: { messageId: string }[] }).events) {
      counts.set(messageId, (counts.get(messageId) ?? 0) + 1)
    }
    const covers = new Set([...counts.keys(), ...(history.eventsOf.get(userId) ?? [])])
    history.reads.push({ startedAt, covers, counts })
  }
}
