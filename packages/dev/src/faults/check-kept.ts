import type { PipelineAnswer } from '@affluent/protocol/endpoints/pipeline'
import { checkSet, setFaults } from './check-set.ts'
import type { LoadHistory } from './load-history.ts'
import type { Kept } from './read-kept.ts'

/** The outcome of one check. */
export interface KeptVerdict {
  /** one sentence each; empty when all is exact */
  readonly faults: readonly string[]
  readonly events: number
  readonly lost: number
  readonly doubled: number
}

/**
 * Compares what the stores hold at rest with what the clients know: nothing lost, nothing twice, in ClickHouse and in
 * PostgreSQL's counters, and every person one profile.
 */
export function checkKept(history: LoadHistory, kept: Kept, pipeline: PipelineAnswer): KeptVerdict {
  const { attempted, acknowledged } = history
  history.reads.push({ startedAt: performance.now(), covers: undefined, counts: kept.rows })
  const set = checkSet({ attempted, acknowledged, reads: history.reads })
  const faults = [
    ...setFaults(set),
    ...pipelineFaults(history, kept, pipeline),
    ...peopleFaults(history, kept),
    ...fragmentFaults(kept),
  ]
  return { faults, events: acknowledged.size, lost: set.lost.length, doubled: set.doubled.length }
}

/** The running counts against each other, against the rows, and against what was answered. */
function pipelineFaults(history: LoadHistory, kept: Kept, pipeline: PipelineAnswer): string[] {
  const { accepted, processed, loaded, stored, duplicates, filtered, quarantined, erased } = pipeline
  const faults: string[] = []
  const expect = (is: number, wanted: number, what: string) => {
    if (is !== wanted) faults.push(`${what}: ${is} and not ${wanted}`)
  }
  expect(processed, accepted, 'processed against accepted')
  expect(loaded, accepted, 'loaded against accepted')
  expect(
    stored + duplicates + filtered + quarantined + erased,
    accepted,
    'the sum of all ends against accepted',
  )
  expect(stored, kept.rows.size, 'stored against distinct messageIds in ClickHouse')
  expect(kept.messageIds, kept.rows.size, 'remembered messageIds against those in ClickHouse')
  expect(kept.outcomes.get('duplicate') ?? 0, duplicates, 'rows of duplicates against their counter')
  expect(kept.outcomes.get('quarantined') ?? 0, quarantined, 'rows of quarantine against their counter')
  if (accepted < history.answeredEvents)
    faults.push(`accepted is ${accepted}, but ${history.answeredEvents} events were answered with 200`)
  if (quarantined < history.conflicts.size)
    faults.push(
      `${quarantined} quarantined, but ${history.conflicts.size} messageIds came with other content`,
    )
  return faults
}

/** Every person of the load is one profile with exactly its events, and there is no other profile. */
function peopleFaults(history: LoadHistory, kept: Kept): string[] {
  const counted = new Map<number, number>()
  for (const { profile, events } of kept.fragments.values())
    counted.set(profile, (counted.get(profile) ?? 0) + events)
  const torn: string[] = []
  const miscounted: string[] = []
  const people = new Set<number>()
  for (const { userId, anonymousIds } of history.people.values()) {
    const names = [`user_id:${userId}`, ...anonymousIds.map((id) => `anonymous_id:${id}`)]
    const profiles = new Set(
      names.map((name) => kept.fragments.get(kept.owners.get(name) ?? 0)?.profile ?? 0),
    )
    const [profile = 0] = profiles
    if (profiles.size !== 1 || profile === 0 || people.has(profile)) torn.push(userId)
    people.add(profile)
    const wanted = history.eventsOf.get(userId)?.size ?? 0
    if (profiles.size === 1 && counted.get(profile) !== wanted)
      miscounted.push(`${userId}: ${counted.get(profile) ?? 0} and not ${wanted}`)
  }
  const ghosts = [...counted.keys()].filter((profile) => !people.has(profile))
  const faults: string[] = []
  if (torn.length > 0) faults.push(`${torn.length} people are not one profile of their own (${sample(torn)})`)
  if (miscounted.length > 0) faults.push(`${miscounted.length} profiles count wrong (${sample(miscounted)})`)
  if (ghosts.length > 0) faults.push(`${ghosts.length} profiles are nobody's (${sample(ghosts.map(String))})`)
  return faults
}

/** Both stores say the same of every fragment: number of events, and the profile under which it stands. */
function fragmentFaults(kept: Kept): string[] {
  const faults: string[] = []
  let miscounted = 0
  let mismapped = 0
  for (const [fragment, { profile, events }] of kept.fragments) {
    if ((kept.rowsOfFragment.get(fragment) ?? 0) !== events) miscounted++
    if ((kept.mappedProfile.get(fragment) ?? fragment) !== profile) mismapped++
  }
  const strangers = [...kept.rowsOfFragment.keys()].filter((id) => id !== 0 && !kept.fragments.has(id)).length
  if (miscounted > 0) faults.push(`${miscounted} fragments count other than ClickHouse has rows`)
  if (mismapped > 0) faults.push(`${mismapped} fragments stand under another profile in ClickHouse`)
  if (strangers > 0) faults.push(`${strangers} fragments of ClickHouse are not in PostgreSQL`)
  return faults
}

function sample(list: readonly string[]): string {
  return list.slice(0, 3).join(', ') + (list.length > 3 ? ', ...' : '')
}
