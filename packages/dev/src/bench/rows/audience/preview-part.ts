import type { ApiAnswer } from '@affluent/protocol/api-calls'
import { type BenchContext, rootsOf } from '../../bench-context.ts'
import { CpuLedger } from '../../machine/cpu-ledger.ts'
import type { Figure, RowPart } from '../../report/figure.ts'
import { number } from '../../report/print-report.ts'
import { quantile } from '../../report/quantile.ts'
import { timeFigure } from '../../report/time-figure.ts'
import { ASKED_CONDITIONS, type AskedCondition } from './asked-conditions.ts'

const TIMES = 5
const FLOOR_MS = 5_000
const GOAL_MS = 1_000

/** How long it takes to say how many people a condition would find. */
export async function measurePreview(context: BenchContext, limitMs: number): Promise<RowPart> {
  const { server, say } = context
  const ledger = new CpuLedger(rootsOf(context))
  const figures: Figure[] = []
  const notes: string[] = []
  const bounds = { limit: { name: 'uniqExact', value: limitMs }, floor: FLOOR_MS, goal: GOAL_MS }
  const detail: Record<string, number[]> = {}
  for (const asked of ASKED_CONDITIONS) {
    say(`  preview: ${asked.name}`)
    const times: number[] = []
    let size = 0
    for (let time = 0; time < TIMES; time++) {
      const began = performance.now()
      size = await previewSize(server, asked)
      times.push(performance.now() - began)
    }
    figures.push(
      timeFigure(`preview: ${asked.name}, median of ${TIMES}`, quantile(times, 0.5), bounds),
      timeFigure('  worst', Math.max(...times), bounds),
    )
    notes.push(`preview of ${asked.name}: ${number(size)} people, ${JSON.stringify(asked.condition)}`)
    detail[asked.name] = times
  }
  return { figures, checks: [], notes, cpu: { preview: ledger.report() }, detail }
}

/** How many people a preview finds. */
export async function previewSize(
  { api }: Pick<BenchContext['server'], 'api'>,
  { condition }: AskedCondition,
): Promise<number> {
  const { size } = await api.post<ApiAnswer<'POST /v1/audiences/preview'>>('/v1/audiences/preview', {
    condition,
  })
  return size
}
