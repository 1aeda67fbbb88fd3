import type { Scalar } from '@affluent/protocol/condition'
import type { SeriesState } from './series-state.ts'

/**
 * Says what the entries from index `from` to `to` (excluded) come to.
 * @param series undefined: no such event
 */
export type Decide = (series: SeriesState | undefined, from: number, to: number) => LeafReading

/** What a series says about a leaf at a moment. */
export interface LeafReading {
  readonly holds: boolean
  /** events in the window, as far as they are kept; of an aggregate: values */
  readonly count: number
  /** of an aggregate; undefined when there is no value */
  readonly value: Scalar | undefined
  /** event times that are in the window, as far as they are kept */
  readonly times: readonly number[]
}

/** What entries in the window are, where an aggregate has no value. */
export function noReading(times: readonly number[]): LeafReading {
  return { holds: false, count: 0, value: undefined, times }
}
