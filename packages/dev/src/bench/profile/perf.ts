import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync } from 'node:fs'

const PROGRAM = 'perf'
const FREQUENCY = 199
const LINES_SHOWN = 25
const REPORT_BYTES_MAX = 64 * 1024 * 1024

/** What `perf` saw, as tables of text; or why it saw nothing. */
export interface PerfReport {
  readonly skipped?: string
  readonly tables: readonly { readonly title: string; readonly lines: readonly string[] }[]
}

/** Linux's sampling profiler over the whole machine, for what is not JavaScript: PostgreSQL, ClickHouse, the kernel. */
export class Perf {
  readonly #file: string
  readonly #child: ChildProcess
  #error: string | undefined

  /** @param file where the samples go meanwhile */
  constructor(file: string) {
    this.#file = file
    const args = ['record', '-q', '-F', String(FREQUENCY), '-e', 'cpu-clock', '-a', '-o', file]
    this.#child = spawn(PROGRAM, args, { stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    this.#child.stderr?.on('data', (chunk: Buffer) => (said += chunk))
    this.#child.once('error', () => {
      this.#error = 'perf is not installed (Debian: apt-get install linux-perf)'
    })
    this.#child.once('exit', (code) => {
      if (code !== 0) this.#error ??= `perf ended with ${code}: ${said.trim().slice(0, 200)}`
    })
  }

  async end(): Promise<PerfReport> {
    if (this.#error === undefined) {
      const gone = once(this.#child, 'exit')
      this.#child.kill('SIGINT')
      await gone
    }
    try {
      if (!existsSync(this.#file)) return { skipped: this.#error ?? 'perf wrote nothing', tables: [] }
      return {
        tables: [
          this.#table('PostgreSQL, by function', ['--comms', 'postgres', '--sort', 'dso,symbol']),
          this.#table('all programs, by thread name and library', ['--sort', 'comm,dso']),
          this.#table('all programs, kernel functions', ['--dsos', '[kernel.kallsyms]', '--sort', 'symbol']),
        ],
      }
    } finally {
      rmSync(this.#file, { force: true })
    }
  }

  #table(title: string, args: readonly string[]): { title: string; lines: string[] } {
    try {
      const text = execFileSync(PROGRAM, ['report', '-i', this.#file, '--stdio', '-q', ...args], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: REPORT_BYTES_MAX,
      })
      const lines = text.split('\n').filter((line) => line.trim() !== '')
      return {
        title,
        lines: lines.slice(0, LINES_SHOWN).map((line) => line.replace(/[\s-]+$/, '').slice(0, 108)),
      }
    } catch (error) {
      return { title, lines: [error instanceof Error ? error.message : String(error)] }
    }
  }
}
