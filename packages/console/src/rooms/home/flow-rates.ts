/** Counters of one look at the pipeline, and when it was taken, in milliseconds. */
export interface Sample {
  readonly at: number
  readonly counters: Readonly<Record<string, number>>
}

const QUICK_MS = 6_000
const SLOW_MS = 60_000
// From this rate on, the last seconds tell enough.
const QUICK_FROM_PER_SECOND = 1
// So many at one look are a burst: a slow rate is counted since its end.
const BURST_EVENTS = 10
// A longer gap is a tab that slept or a server that was away: what came in between has no rate.
const GAP_MS = 5_000

/** The samples with a new one; those that no rate is made of any more are dropped. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last !== undefined && sample.at <= last.at) return samples
  if (last === undefined || sample.at - last.at > GAP_MS) return [sample]
  return [...samples.filter(({ at }) => sample.at - at <= SLOW_MS), sample]
}

/**
 * How fast each counter grows, per second: over the last seconds; where that is less than one, what came in the last
 * minute, so that one event is one a minute however lately the page was opened. 0 while there is only one sample.
 */
export function ratesOf(samples: readonly Sample[]): Readonly<Record<string, number>> {
  const last = samples.at(-1)
  if (last === undefined || samples.length < 2) return {}
  const recent = samples.find(({ at }) => last.at - at <= QUICK_MS) ?? last
  return Object.fromEntries(
    Object.keys(last.counters).map((name) => {
      const quick = rateBetween(recent, last, name)
      if (quick >= QUICK_FROM_PER_SECOND) return [name, quick]
      return [name, Math.max(0, (growth(calmSince(samples, name) ?? last, last, name) * 1_000) / SLOW_MS)]
    }),
  )
}

function rateBetween(first: Sample, last: Sample, name: string): number {
  if (last.at <= first.at) return 0
  return Math.max(0, (growth(first, last, name) * 1_000) / (last.at - first.at))
}

function growth(first: Sample, last: Sample, name: string): number {
  const count = last.counters[name] ?? 0
  return count - (first.counters[name] ?? count)
}

// The oldest sample since the last burst, or since the counter last went back.
function calmSince(samples: readonly Sample[], name: string): Sample | undefined {
  const index = samples.findLastIndex((sample, at) => {
    const before = samples[at - 1]
    const grown = before === undefined ? 0 : growth(before, sample, name)
    return grown > BURST_EVENTS || grown < 0
  })
  return samples[Math.max(0, index)]
}
