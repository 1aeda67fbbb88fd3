import { setAudiences } from '../../api/set-audiences.ts'
import { type BenchContext, errorNotes, rootsOf, settle } from '../../bench-context.ts'
import { CpuLedger, type CpuReport } from '../../machine/cpu-ledger.ts'
import { makeAudiences } from '../../mix/audiences.ts'
import type { RowPart } from '../../report/figure.ts'
import { number } from '../../report/print-report.ts'
import { audienceNote } from '../audience-note.ts'
import { type ProcessorResult, walkRate } from '../walk-rate.ts'

const BATCH = 100
const SECONDS = 20
const WARM_UP = 5
const FEW = 5
const MANY = 500

interface WalkWith {
  readonly audiences: number
  readonly preparedMs: number
  readonly walk: ProcessorResult
  readonly cpu: CpuReport
  readonly note: string
}

/**
 * What audiences cost the walk: its rate with five, with five hundred and with none, one after the other. Leaves the
 * server without audiences.
 */
export async function measureWalkWithAudiences(context: BenchContext): Promise<RowPart> {
  const few = await walkWith(context, FEW)
  const many = await walkWith(context, MANY)
  const none = await walkWith(context, 0)
  const runs = [none, few, many]
  const ratio = (name: string, value: number) =>
    ({ name, value, unit: 'ratio', better: 'more', limit: { name: '', value: 1 } }) as const
  return {
    figures: [
      ...runs.map(
        ({ audiences, walk }) =>
          ({
            name: `whole walk with ${audiences === 0 ? 'no' : number(audiences)} audiences`,
            value: walk.rate,
            unit: 'events/s',
            better: 'more',
          }) as const,
      ),
      ratio(`  ${FEW} by none`, few.walk.rate / none.walk.rate),
      ratio(`  ${MANY} by ${FEW}`, many.walk.rate / few.walk.rate),
    ],
    checks: await settle(context),
    notes: [
      `${MANY - FEW} audiences were made and prepared in ${number(many.preparedMs / 1_000)} s`,
      ...runs.map(({ note }) => note),
      ...runs.flatMap(({ audiences, walk }) => errorNotes(`walk with ${audiences} audiences`, walk.report)),
    ],
    cpu: Object.fromEntries(runs.map(({ audiences, cpu }) => [`walk with ${audiences} audiences`, cpu])),
    detail: runs.map(({ audiences, preparedMs, walk }) => ({ audiences, preparedMs, report: walk.report })),
  }
}

async function walkWith(context: BenchContext, audiences: number): Promise<WalkWith> {
  const { options, profiles, say } = context
  const preparedMs = await setAudiences(context, makeAudiences(audiences))
  const mix = (seed: number) => ({ kind: 'batches', size: BATCH, people: profiles.made, seed }) as const
  say(`  walk with ${number(audiences)} audiences`)
  await walkRate(context, mix(options.seed + 11), WARM_UP)
  const cpuLedger = new CpuLedger(rootsOf(context))
  const walk = await walkRate(context, mix(options.seed + 12), options.seconds ?? SECONDS)
  return { audiences, preparedMs, walk, cpu: cpuLedger.report(), note: await audienceNote(context) }
}
