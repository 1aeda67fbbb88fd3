/** What consumers need, by the keys of series. */
export interface SeriesNeeds {
  /** of consumers that are there already */
  readonly kept: readonly string[]
  /** of new consumers */
  readonly needed: readonly string[]
  /** numbers of all series that have one, by key */
  readonly numbers: ReadonlyMap<string, number>
}

/** Which series begin and end. */
export interface SeriesPlan {
  /** numbers of new series by key: their past must be computed */
  readonly added: ReadonlyMap<string, number>
  /** numbers of series that nobody needs any more */
  readonly spent: readonly number[]
}

/**
 * Plans which series begin for new consumers, whoever they are. A series that no consumer needed for a while has missed
 * events: it begins anew, under another number.
 * @param next the next free number
 */
export function planSeries({ kept, needed, numbers }: SeriesNeeds, next: number): SeriesPlan {
  const known = new Set(kept)
  const added = new Map<string, number>()
  for (const key of needed) if (!known.has(key) && !added.has(key)) added.set(key, next + added.size)
  const spent = [...numbers].flatMap(([key, id]) => (known.has(key) ? [] : [id]))
  return { added, spent }
}
