/**
 * After Jepsen's `set-full`: what became of each element that clients tried to add. Only an element that was
 * acknowledged, or that a read has shown, can be lost; one that was merely tried may be there or not.
 */
export interface SetHistory {
  /** every element that was ever sent */
  readonly attempted: ReadonlySet<string>
  /** elements that were answered as taken, with the time of the answer */
  readonly acknowledged: ReadonlyMap<string, number>
  /** in the order in which they began; the last one is of everything, at rest */
  readonly reads: readonly SetRead[]
}

/** What one read showed. */
export interface SetRead {
  readonly startedAt: number
  /** elements it would show if they were there; undefined: all */
  readonly covers: ReadonlySet<string> | undefined
  /** how often it showed each element */
  readonly counts: ReadonlyMap<string, number>
}

/** What became of the elements. Sound when `lost`, `doubled` and `phantom` are empty. */
export interface SetVerdict {
  /** known and there at the end */
  readonly stable: number
  /** acknowledged or seen, and not there at the end */
  readonly lost: readonly string[]
  /** tried, never acknowledged, never seen */
  readonly neverRead: number
  /** shown more than once by any read */
  readonly doubled: readonly string[]
  /** shown, though nobody sent them */
  readonly phantom: readonly string[]
  /** there at the end, though a read that began after their acknowledgement did not show them yet: late, not lost */
  readonly late: number
}

/** @throws when no read of everything ends the history: nothing could be said */
export function checkSet(history: SetHistory): SetVerdict {
  const { attempted, acknowledged, reads } = history
  const last = reads.at(-1)
  if (last === undefined || last.covers !== undefined)
    throw new Error('The history does not end with a read of everything.')
  const seen = new Set<string>()
  const doubled = new Set<string>()
  const phantom = new Set<string>()
  for (const { counts } of reads) {
    for (const [element, count] of counts) {
      if (count > 0) seen.add(element)
      if (count > 1) doubled.add(element)
      if (!attempted.has(element)) phantom.add(element)
    }
  }
  const lost: string[] = []
  let stable = 0
  let neverRead = 0
  for (const element of attempted) {
    const isThere = (last.counts.get(element) ?? 0) > 0
    if (isThere) stable++
    else if (acknowledged.has(element) || seen.has(element)) lost.push(element)
    else neverRead++
  }
  const late = countLate(history, last)
  return { stable, lost, neverRead, doubled: [...doubled], phantom: [...phantom], late }
}

function countLate({ acknowledged, reads }: SetHistory, last: SetRead): number {
  const late = new Set<string>()
  for (const { startedAt, covers, counts } of reads) {
    for (const element of covers ?? acknowledged.keys()) {
      const at = acknowledged.get(element)
      const wasKnown = at !== undefined && at < startedAt
      if (wasKnown && !counts.has(element) && last.counts.has(element)) late.add(element)
    }
  }
  return late.size
}

/** The verdict as one line per fault; empty when nothing was lost, doubled or invented. */
export function setFaults(verdict: SetVerdict): string[] {
  const { lost, doubled, phantom } = verdict
  const faults: string[] = []
  if (lost.length > 0) faults.push(`${lost.length} acknowledged events lost (${sample(lost)})`)
  if (doubled.length > 0) faults.push(`${doubled.length} events counted twice (${sample(doubled)})`)
  if (phantom.length > 0) faults.push(`${phantom.length} events that nobody sent (${sample(phantom)})`)
  return faults
}

function sample(elements: readonly string[]): string {
  return elements.slice(0, 3).join(', ') + (elements.length > 3 ? ', ...' : '')
}
