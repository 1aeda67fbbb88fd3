import type { LoadPlan } from './load-plan.ts'

/** When a run sends, by `performance.now()`: its first request, its measured time, and the end of it. */
export interface LoadTimes {
  readonly start: number
  readonly measureFrom: number
  readonly end: number
}

/** The times of a plan that begins now. */
export function timesOf(plan: LoadPlan): LoadTimes {
  const start = performance.now()
  const measureFrom = start + plan.warmUp * 1_000
  return { start, measureFrom, end: measureFrom + plan.seconds * 1_000 }
}
