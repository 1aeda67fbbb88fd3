import { execFileSync } from 'node:child_process'
import { availableParallelism, cpus, loadavg, release, totalmem } from 'node:os'
import { measureSync } from './fsync.ts'

/** What the figures were measured on. */
export interface MachineFacts {
  readonly cores: number
  readonly cpu: string
  readonly memoryGib: number
  readonly system: string
  readonly node: string
  /** milliseconds that 8 KiB take to the disk */
  readonly syncP50: number
  readonly syncP99: number
  /** of the last minute, before the benchmark */
  readonly load: number
  readonly commit: string
  /** files differ from the commit */
  readonly dirty: boolean
}

/** @param folder on the disk that the server will use */
export function readMachineFacts(folder: string): MachineFacts {
  const sync = measureSync(folder)
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${release()}`,
    node: process.version,
    syncP50: sync.p50,
    syncP99: sync.p99,
    load: loadavg()[0] ?? 0,
    commit: git('rev-parse', '--short', 'HEAD') || 'no-commit',
    dirty: git('status', '--porcelain') !== '',
  }
}

function git(...args: string[]): string {
  try {
    const cwd = import.meta.dirname
    return execFileSync('git', args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim()
  } catch {
    return ''
  }
}
