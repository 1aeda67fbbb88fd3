import { type BenchContext, settle } from '../bench-context.ts'
import { profiled } from '../profile/profiled.ts'
import type { Row, RowPart } from '../report/figure.ts'
import { number } from '../report/print-report.ts'
import { measureBackfill } from './audience/backfill-part.ts'
import { measureDisk } from './audience/disk-part.ts'
import { measureExits } from './audience/exits-part.ts'
import { makeHistory } from './audience/make-history.ts'
import { measureMembers } from './audience/members-part.ts'
import { measurePreview } from './audience/preview-part.ts'
import { timeUniqueFragments } from './audience/time-unique-fragments.ts'
import { measureUnmerge } from './audience/unmerge-part.ts'
import { measureWalkWithAudiences } from './audience/walk-part.ts'
import { audienceNote } from './audience-note.ts'
import { seedProfiles } from './seed-profiles.ts'

type Step = (context: BenchContext) => Promise<RowPart>

/** How long questions to all people take and what audiences cost, with many profiles and many events. */
export async function measureAudience(context: BenchContext): Promise<Row> {
  const { options, server, say } = context
  const made = [await seedProfiles(context, options.profiles), await makeHistory(context, options.events)]
  const settled = await settle(context)
  const note = await audienceNote(context)
  const { stored } = await server.pipeline()
  say('  uniqExact over the events')
  const limitMs = await timeUniqueFragments(context)
  const steps: readonly (readonly [string, Step])[] = [
    ['disk', measureDisk],
    ['preview', () => measurePreview(context, limitMs)],
    ['backfill', () => measureBackfill(context, limitMs)],
    ['members', measureMembers],
    ['un-merge', measureUnmerge],
    ...(options.timers === 0 ? [] : [['exits by time', measureExits] as const]),
    // last: it takes the audiences of the other steps away
    ['walk with audiences', measureWalkWithAudiences],
  ]
  const { result: parts, ...profiles } = await profiled(context, 'audience', async () => {
    const parts: RowPart[] = []
    for (const [name, step] of steps) parts.push(await attempt(context, name, step))
    return parts
  })
  return {
    row: `audiences: ${number(stored)} events, ${number(context.profiles.made)} profiles`,
    figures: parts.flatMap(({ figures }) => figures),
    checks: [...settled, ...parts.flatMap(({ checks }) => checks)],
    notes: [...made.filter((said) => said !== undefined), note, ...parts.flatMap(({ notes }) => notes)],
    cpu: Object.assign({}, ...parts.map(({ cpu }) => cpu)) as Row['cpu'],
    ...profiles,
    detail: Object.fromEntries(steps.map(([name], index) => [name, parts[index]?.detail])),
  }
}

/**
 * A step that fails is a check that does not hold: the data took long to make, and the other steps have their figures
 * all the same.
 */
async function attempt(context: BenchContext, name: string, step: Step): Promise<RowPart> {
  try {
    return await step(context)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    context.say(`  ${name} failed: ${said}`)
    return { figures: [], checks: [{ name: `${name} is measured`, holds: false, said }], notes: [], cpu: {} }
  }
}
