import { readFileSync } from 'node:fs'
import { readProcessTree } from './process-tree.ts'

/** Memory of one program, in MiB, each second. */
export interface MemorySeries {
  readonly program: string
  readonly mebibytes: readonly number[]
  /** means of the first and the last fifth */
  readonly start: number
  readonly end: number
  /** MiB a minute, by a straight line through the second half */
  readonly slope: number
}

const EVERY_MS = 1_000

/** PostgreSQL's buffers: reserved at its start, resident as they fill, never more than `shared_buffers`. */
export const SHARED_BUFFERS = 'postgres, shared buffers'
/** What the server says its caches hold: a part of its memory, bounded by name. */
export const SERVER_CACHES = 'server, of it caches'

/**
 * Reads the memory of each program every second: the resident memory of the server and of ClickHouse; of PostgreSQL
 * what is each process's own, and by itself what they share.
 */
export class MemoryWatch {
  readonly #roots: ReadonlyMap<number, string>
  readonly #readCaches: () => Promise<number>
  readonly #series = new Map<string, number[]>()
  readonly #timer: NodeJS.Timeout

  /**
   * @param roots roles of the topmost processes, by pid
   * @param readCaches bytes of the server's caches
   */
  constructor(roots: ReadonlyMap<number, string>, readCaches: () => Promise<number>) {
    this.#roots = roots
    this.#readCaches = readCaches
    this.#read()
    this.#timer = setInterval(() => this.#read(), EVERY_MS)
  }

  stop(): MemorySeries[] {
    clearInterval(this.#timer)
    return [...this.#series].map(([program, mebibytes]) => {
      const fifth = Math.max(1, Math.floor(mebibytes.length / 5))
      return {
        program,
        mebibytes: mebibytes.map((value) => Math.round(value)),
        start: mean(mebibytes.slice(0, fifth)),
        end: mean(mebibytes.slice(-fifth)),
        slope: slopeOf(mebibytes.slice(Math.floor(mebibytes.length / 2))) * (60_000 / EVERY_MS),
      }
    })
  }

  #read(): void {
    const own = new Map<string, number>()
    let shared = 0
    for (const { pid, role } of readProcessTree(this.#roots)) {
      const program = role.split(':')[0] as string
      const memory = readMemory(pid)
      const isPostgres = program === 'postgres'
      if (isPostgres) shared = Math.max(shared, memory.shared)
      own.set(program, (own.get(program) ?? 0) + (isPostgres ? memory.own : memory.resident))
    }
    for (const [program, mebibytes] of own) this.#add(program, mebibytes)
    if (shared > 0) this.#add(SHARED_BUFFERS, shared)
    this.#readCaches().then(
      (bytes) => this.#add(SERVER_CACHES, bytes / 2 ** 20),
      // a server that is busy or gone: the other series go on
      () => undefined,
    )
  }

  #add(program: string, mebibytes: number): void {
    const series = this.#series.get(program) ?? []
    series.push(mebibytes)
    this.#series.set(program, series)
  }
}

function readMemory(pid: number): { resident: number; own: number; shared: number } {
  let text = ''
  try {
    text = readFileSync(`/proc/${pid}/status`, 'latin1')
  } catch {
    // it has ended
  }
  const read = (key: string) => Number(new RegExp(`^${key}:\\s+(\\d+) kB`, 'm').exec(text)?.[1] ?? 0) / 1_024
  return { resident: read('VmRSS'), own: read('RssAnon'), shared: read('RssShmem') }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}

/** Least squares, a step. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2
  const average = mean(values)
  let above = 0
  let below = 0
  for (const [index, value] of values.entries()) {
    above += (index - middle) * (value - average)
    below += (index - middle) ** 2
  }
  return below === 0 ? 0 : above / below
}
