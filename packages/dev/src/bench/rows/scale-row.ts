import { type BenchContext, errorNotes, rootsOf, settle } from '../bench-context.ts'
import { CpuLedger, type CpuReport } from '../machine/cpu-ledger.ts'
import { profiled } from '../profile/profiled.ts'
import type { Row } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { audienceNote } from './audience-note.ts'
import { seedProfiles } from './seed-profiles.ts'
import { type ProcessorResult, walkRate } from './walk-rate.ts'

const BATCH = 100
const SMALL = 10_000
const SECONDS = 30
const WARM_UP = 5

/** How much of its speed the walk keeps when there are a hundred times as many profiles, all of them taking part. */
export async function measureScale(context: BenchContext): Promise<Row> {
  const { options, say } = context
  await seedProfiles(context, Math.min(SMALL, options.profiles))
  const few = context.profiles.made
  say(`  walk at ${number(few)} profiles`)
  const small = await walkAt(context, few)
  const made = await seedProfiles(context, options.profiles)
  const many = context.profiles.made
  say(`  walk at ${number(many)} profiles`)
  const { result: large, ...profiles } = await profiled(context, 'scale', () => walkAt(context, many))
  return {
    row: `whole walk at ${number(many)} profiles beside ${number(few)}; the mix is of all of them`,
    figures: [
      {
        name: `whole walk at ${number(few)} profiles`,
        value: small.walk.rate,
        unit: 'events/s',
        better: 'more',
      },
      {
        name: `whole walk at ${number(many)} profiles`,
        value: large.walk.rate,
        unit: 'events/s',
        better: 'more',
      },
      {
        name: `  one by the other`,
        value: large.walk.rate / small.walk.rate,
        unit: 'ratio',
        better: 'more',
        limit: { name: '', value: 1 },
        floor: 0.6,
        goal: 0.9,
      },
    ],
    checks: await settle(context),
    notes: [
      ...(made === undefined ? [] : [made]),
      await audienceNote(context),
      ...errorNotes('few profiles', small.walk.report),
      ...errorNotes('many profiles', large.walk.report),
    ],
    cpu: { 'few profiles': small.cpu, 'many profiles': large.cpu },
    ...profiles,
    detail: { small: small.walk.report, large: large.walk.report },
  }
}

async function walkAt(
  context: BenchContext,
  people: number,
): Promise<{ walk: ProcessorResult; cpu: CpuReport }> {
  const { options } = context
  const mix = (seed: number) => ({ kind: 'batches', size: BATCH, people, seed }) as const
  await walkRate(context, mix(options.seed + 6), WARM_UP)
  const cpuLedger = new CpuLedger(rootsOf(context))
  const walk = await walkRate(context, mix(options.seed + 7), options.seconds ?? SECONDS)
  return { walk, cpu: cpuLedger.report() }
}
