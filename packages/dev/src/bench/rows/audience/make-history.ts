import type { BenchContext } from '../../bench-context.ts'
import type { AgeRange } from '../../load/load-plan.ts'
import { number } from '../../report/print-report.ts'
import { walkRate } from '../walk-rate.ts'

const BATCH = 100
const SECONDS_MAX = 7_200
const SAY_MS = 15_000
/**
 * In days. Nothing happened at the ages at which windows of 30 and 90 days end, so that answers of one run agree
 * whenever they are asked.
 */
const AGES: readonly AgeRange[] = [
  [0, 25],
  [35, 80],
  [95, 120],
]

/**
 * Brings the events of a server up to a number through the collect endpoint: the mix by all of the profiles that were
 * made, over the last four months.
 * @returns a note on how long it took; undefined when there were enough
 */
export async function makeHistory(context: BenchContext, wanted: number): Promise<string | undefined> {
  const { server, options, profiles, say } = context
  const { stored } = await server.drained()
  const events = Math.ceil((wanted - stored) / BATCH) * BATCH
  if (events <= 0) return undefined
  say(`  making ${number(events)} events, ${number(wanted)} in all`)
  const plan = { kind: 'batches', size: BATCH, people: profiles.made, seed: options.seed + 8 } as const
  const began = performance.now()
  let lastSaid = began
  const { rate, report } = await walkRate(
    context,
    { ...plan, events, ages: AGES },
    SECONDS_MAX,
    ({ loaded }) => {
      const now = performance.now()
      if (now - lastSaid < SAY_MS) return
      lastSaid = now
      const made = loaded - stored
      say(`  ${number(made)} of ${number(events)} events, ${number((made * 1_000) / (now - began))} a second`)
    },
  )
  const errors = Object.keys(report.errors)
  if (errors.length > 0) throw new Error(`Events could not be made: ${errors.join(', ')}`)
  return `${number(events)} events of the last four months were made at ${number(rate)} a second`
}
