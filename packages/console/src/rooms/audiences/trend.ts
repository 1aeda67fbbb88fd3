import type { TrendAnswer } from '@affluent/protocol/endpoints/audiences'

/** One day of an audience; days follow the calendar of the workspace. */
export type TrendPoint = TrendAnswer['points'][number]

/** Where a point of a chart stands, in the units of its picture. */
interface Place {
  readonly x: number
  readonly y: number
}

/** A picture of so many units. */
export interface Frame {
  readonly width: number
  readonly height: number
}

/**
 * Where each size stands, from the left edge to the right one, the largest at the top. The axis begins at nought, so
 * that heights can be compared. A single point stands at the right edge: it is now.
 */
export function placesOf(sizes: readonly number[], { width, height }: Frame): Place[] {
  const top = ceilingOf(sizes)
  const step = sizes.length > 1 ? width / (sizes.length - 1) : 0
  return sizes.map((size, index) => ({
    x: sizes.length === 1 ? width : index * step,
    y: height - (size / top) * height,
  }))
}

/** The path of a line through places. */
export function lineThrough(places: readonly Place[]): string {
  return places.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${round(x)} ${round(y)}`).join('')
}

/** The upper end of an axis: the next round number from the largest size on, at least 1. */
export function ceilingOf(sizes: readonly number[]): number {
  const most = Math.max(1, ...sizes)
  const power = 10 ** Math.floor(Math.log10(most))
  const [round = 10] = [1, 2, 2.5, 5].filter((each) => each * power >= most)
  return Math.max(1, round * power)
}

/** The numbers that a trend comes down to. */
export function summaryOf(points: readonly TrendPoint[]): { from: number; to: number; max: number } {
  const sizes = points.map(({ size }) => size)
  return { from: sizes[0] ?? 0, to: sizes.at(-1) ?? 0, max: Math.max(0, ...sizes) }
}

function round(value: number): number {
  return Math.round(value * 100) / 100
}
