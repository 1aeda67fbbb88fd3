import type { CpuReport } from '../machine/cpu-ledger.ts'
import type { MemorySeries } from '../machine/memory-watch.ts'
import type { PerfReport } from '../profile/perf.ts'
import type { ThreadProfile } from '../profile/profiler.ts'

/** One measured figure, and what it is held against. */
export interface Figure {
  readonly name: string
  readonly value: number
  readonly unit:
    | 'events/s'
    | 'requests/s'
    | 'deliveries/s'
    | 'ms'
    | 'ratio'
    | 'MiB'
    | 'bytes'
    | 'events'
    | 'parses'
  /** which side is good */
  readonly better: 'more' | 'less'
  /** the same run's limit; absent where there is none */
  readonly limit?: { readonly name: string; readonly value: number }
  readonly floor?: number
  readonly goal?: number
}

/** A part of the benchmark that ran. */
export interface Row {
  readonly row: string
  readonly figures: readonly Figure[]
  /** what must hold whatever the speed: nothing lost, nothing counted twice */
  readonly checks: readonly Check[]
  /** one line each, beneath the table */
  readonly notes: readonly string[]
  readonly cpu: Readonly<Record<string, CpuReport>>
  readonly memory?: readonly MemorySeries[]
  readonly profiles?: readonly ThreadProfile[]
  readonly perf?: PerfReport
  /** whatever else was measured, for the file */
  readonly detail?: unknown
}

/** What a step of a row adds to it. */
export type RowPart = Pick<Row, 'figures' | 'checks' | 'notes' | 'cpu' | 'detail'>

export interface Check {
  readonly name: string
  readonly holds: boolean
  readonly said: string
}

/** Whether a figure is on the good side of a bound. */
export function reaches(figure: Pick<Figure, 'value' | 'better'>, bound: number): boolean {
  return figure.better === 'more' ? figure.value >= bound : figure.value <= bound
}
