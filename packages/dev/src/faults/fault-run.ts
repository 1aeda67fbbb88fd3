import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SeededRandom } from './seeded-random.ts'

/** What a fault loop is given. */
export interface FaultRun {
  readonly random: SeededRandom
  /** the built `main.js` that is put to the test */
  readonly program: string
  /** a fresh folder for data */
  readonly folder: string
  /** prints a line of progress */
  readonly say: (line: string) => void
  /** told of something that must be undone even when the run is interrupted */
  readonly onEnd: (undo: () => Promise<unknown> | unknown) => void
}

/** What a fault loop found. */
export interface FaultResult {
  /** one sentence each; empty: passed */
  readonly faults: readonly string[]
  /** its figures, for people */
  readonly figures: string
  /** why it could not be run here, if so */
  readonly skipped?: string
}

export function makeFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'affluent-faults-'))
}

export function removeFolder(folder: string): Promise<void> {
  return rm(folder, { recursive: true, force: true, maxRetries: 5 })
}

/** Middle and largest of some times, in whole milliseconds. */
export function describeTimes(times: readonly number[]): string {
  if (times.length === 0) return 'none'
  const sorted = [...times].sort((a, b) => a - b)
  const median = sorted[Math.floor(sorted.length / 2)] as number
  return `median ${Math.round(median)} ms, max ${Math.round(sorted.at(-1) as number)} ms`
}
