/** A moment for which a profile is armed. */
export interface Timer {
  /** milliseconds since the epoch */
  readonly at: number
  readonly profile: number
}

/** Timers that have done their work: all before a moment, and of that moment those of some profiles. */
export interface SpentTimers {
  /** milliseconds since the epoch */
  readonly at: number
  readonly profiles: readonly number[]
}

/**
 * Timers that one timer command takes: of the last moment some may be left, and these stay.
 * @param due in the order of their moments, as many as one timer command takes
 * @returns undefined: nobody's moment has come
 */
export function spentTimers(due: readonly Timer[]): SpentTimers | undefined {
  const last = due.at(-1)
  if (last === undefined) return undefined
  return {
    at: last.at,
    profiles: due.filter(({ at }) => at === last.at).map(({ profile }) => profile),
  }
}
