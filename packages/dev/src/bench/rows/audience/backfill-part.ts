import { setTimeout as pause } from 'node:timers/promises'
import { awaitLive } from '../../api/await-live.ts'
import { type BenchContext, errorNotes, rootsOf, settle } from '../../bench-context.ts'
import { CpuLedger } from '../../machine/cpu-ledger.ts'
import type { RowPart } from '../../report/figure.ts'
import { number } from '../../report/print-report.ts'
import { timeFigure } from '../../report/time-figure.ts'
import { besideStream } from '../beside-stream.ts'
import { ASKED_CONDITIONS } from './asked-conditions.ts'
import { compareSizes } from './compare-sizes.ts'

const RATE = 1_000
// the stream runs evenly before the first audience is made
const SETTLE_MS = 3_000
const FLOOR_MS = 5_000
const GOAL_MS = 1_000

/** How long it takes from making an audience until it is live, one after the other, while single events come in. */
export async function measureBackfill(context: BenchContext, limitMs: number): Promise<RowPart> {
  const { server, options, say } = context
  const { api } = server
  const bounds = { limit: { name: 'uniqExact', value: limitMs }, floor: FLOOR_MS, goal: GOAL_MS }
  let cpuLedger = new CpuLedger(rootsOf(context))
  const { result: times, report } = await besideStream(
    context,
    { rate: RATE, seed: options.seed + 9 },
    async () => {
      await pause(SETTLE_MS)
      cpuLedger = new CpuLedger(rootsOf(context))
      const found: number[] = []
      for (const { name, key, condition } of ASKED_CONDITIONS) {
        say(`  backfill: ${name}`)
        const began = performance.now()
        await api.post('/v1/audiences', { key, condition })
        await awaitLive(api, key)
        found.push(performance.now() - began)
      }
      return found
    },
  )
  const cpu = cpuLedger.report()
  const { latency } = report
  return {
    figures: [
      ...ASKED_CONDITIONS.map(({ name }, index) =>
        timeFigure(`backfill: ${name}, until live`, times[index] ?? 0, bounds),
      ),
      timeFigure(`  single events meanwhile at ${number(RATE)}/s, p99`, latency.p99),
    ],
    checks: [...(await settle(context)), ...(await compareSizes(context, 'after the backfill'))],
    notes: [
      `events while audiences were prepared: ${number(report.events / report.seconds)} a second, p50 ${number(latency.p50)} ms, longest ${number(latency.max)} ms`,
      ...errorNotes('backfill', report),
    ],
    cpu: { backfill: cpu },
    detail: { times, report },
  }
}
