import { setTimeout as pause } from 'node:timers/promises'
import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import type { BenchContext } from '../bench-context.ts'
import type { LoadReport, RequestPlan } from '../load/load-plan.ts'

/** What came of feeding the walk. */
export interface ProcessorResult {
  /** events loaded a second, from the first request until the last event was loaded */
  readonly rate: number
  readonly events: number
  /** from the last answer until the last event was loaded */
  readonly drainSeconds: number
  readonly report: LoadReport
  /** the running counts over time, `at` in milliseconds since the first request */
  readonly readings: readonly (PipelineAnswer & { readonly at: number })[]
}

const POLL_MS = 250

/**
 * Feeds the walk as fast as it goes: held back while more than a bounded number of events is accepted and not loaded.
 * The time ends when the last event is in ClickHouse, so nothing is gained by taking events in and leaving them.
 * @param seconds the longest time, when the requests do not end before
 * @param onReading told the running counts four times a second
 */
export async function walkRate(
  context: BenchContext,
  requests: RequestPlan,
  seconds: number,
  onReading: (counts: PipelineAnswer) => void = () => {},
): Promise<ProcessorResult> {
  const { server, tool, options, ledger } = context
  const before = await server.drained()
  const readings: (PipelineAnswer & { at: number })[] = []
  let start = performance.now()
  const see = (counts: PipelineAnswer) => {
    readings.push({ ...counts, at: performance.now() - start })
    onReading(counts)
    tool.allow(counts.loaded - before.loaded + options.backlog)
  }
  let ended = false
  const feeding = tool
    .run(
      {
        kind: 'closed',
        target: server.target,
        requests,
        connections: options.connections,
        seconds,
        warmUp: 0,
        paced: true,
      },
      {
        onStart: () => {
          start = performance.now()
          see(before)
        },
      },
    )
    .finally(() => {
      ended = true
    })
  // awaited below; a failure of the server meanwhile is told before it
  feeding.catch(() => undefined)
  while (!ended) {
    await Promise.race([pause(POLL_MS), feeding])
    if (!ended && readings.length > 0) see(await server.pipeline())
  }
  const report = await feeding
  ledger.add(report)
  const fedAt = performance.now()
  const after = await server.drained(see)
  const lasted = (performance.now() - start) / 1_000
  const events = after.loaded - before.loaded
  return {
    rate: events / lasted,
    events,
    drainSeconds: (performance.now() - fedAt) / 1_000,
    report,
    readings,
  }
}
