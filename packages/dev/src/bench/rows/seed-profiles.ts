import type { BenchContext } from '../bench-context.ts'
import { number } from '../report/print-report.ts'
import { walkRate } from './walk-rate.ts'

const BATCH = 500
const SECONDS_MAX = 1_800

/** How many profiles were made on a server: those of the people 0 up to `made`. */
export class ProfileStock {
  made = 0
}

/**
 * Makes profiles through the collect endpoint, each by one identify with user id, anonymous id, e-mail and traits,
 * until there are enough.
 * @returns a note on how long it took; undefined when there were enough
 */
export async function seedProfiles(context: BenchContext, wanted: number): Promise<string | undefined> {
  const { profiles, say } = context
  const to = Math.ceil(wanted / BATCH) * BATCH
  if (profiles.made >= to) return undefined
  say(`  making ${number(to - profiles.made)} profiles`)
  const plan = { kind: 'profiles', size: BATCH, from: profiles.made, to } as const
  const { events, rate, report } = await walkRate(context, plan, SECONDS_MAX)
  const errors = Object.keys(report.errors)
  if (errors.length > 0) throw new Error(`Profiles could not be made: ${errors.join(', ')}`)
  profiles.made = to
  return `${number(events)} profiles were made by as many identify calls, at ${number(rate)} a second`
}
