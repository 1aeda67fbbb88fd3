/** Counters of one look at the pipeline, and when it was taken, in milliseconds. */
export interface Sample {
  readonly at: number
  readonly counters: Readonly<Record<string, number>>
}

const WINDOW_MS = 6_000
// A longer gap is a tab that slept or a server that was away: what came in between has no rate.
const GAP_MS = 5_000

/** The samples with a new one; those that no rate is made of any more are dropped. */
export function withSample(samples: readonly Sample[], sample: Sample): readonly Sample[] {
  const last = samples.at(-1)
  if (last !== undefined && sample.at <= last.at) return samples
  if (last === undefined || sample.at - last.at > GAP_MS) return [sample]
  return [...samples.filter(({ at }) => sample.at - at <= WINDOW_MS), sample]
}

/** How fast each counter grows, per second, over the last seconds; 0 while there is only one sample. */
export function ratesOf(samples: readonly Sample[]): Readonly<Record<string, number>> {
  const [first, last] = [samples[0], samples.at(-1)]
  if (first === undefined || last === undefined || last.at === first.at) return {}
  const seconds = (last.at - first.at) / 1_000
  return Object.fromEntries(
    Object.entries(last.counters).map(([name, count]) => [
      name,
      Math.max(0, (count - (first.counters[name] ?? count)) / seconds),
    ]),
  )
}
