import { Histogram, type Latency } from '../../load/histogram.ts'

/** The size of an audience at a moment, milliseconds since the epoch. */
export interface SizeReading {
  readonly at: number
  readonly size: number
}

/**
 * How late people were seen to have left an audience, supposing that they leave in the order of their moments. Somebody
 * has left at the latest when a reading shows that so many are gone: the distance of the readings is the precision.
 * @param people how many there were
 * @param momentOf when the person of this rank has to leave, milliseconds since the epoch, in rising order
 * @returns of those who have left
 */
export function exitLags(
  readings: readonly SizeReading[],
  people: number,
  momentOf: (rank: number) => number,
): Latency {
  const histogram = new Histogram()
  let left = 0
  for (const { at, size } of readings)
    for (; left < people - size; left++) histogram.record(at - momentOf(left))
  return histogram.summary()
}
