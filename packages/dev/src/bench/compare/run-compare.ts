import { execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { number } from '../report/print-report.ts'
import { type Ratio, type RunPair, type RunResult, ratiosOf } from './ratios.ts'

const REPOSITORY = resolve(import.meta.dirname, '../../../../..')
const PROGRAM = 'packages/dev/dist/bench/main.js'

/** What is compared with what, and how often. */
export interface CompareOptions {
  readonly commit: string
  readonly pairs: number
  /** where the other commit is checked out and data directories are made */
  readonly folder: string
  /** of the benchmark, the same for both */
  readonly args: readonly string[]
}

/**
 * Runs the benchmark of another commit and of this working copy by turns, each with its own server and load tool, and
 * prints the ratios: who goes first alternates, since the machine may become slower or quicker meanwhile.
 * @returns the exit code: 0, or 1 when a run left no result
 */
export async function runCompare({ commit, pairs, folder, args }: CompareOptions): Promise<number> {
  const home = mkdtempSync(join(folder, 'affluent-compare-'))
  const other = join(home, 'other')
  git('worktree', 'add', '--detach', other, commit)
  try {
    const done: RunPair[] = []
    for (let pair = 1; pair <= pairs; pair++) {
      const measure = async (side: 'before' | 'now') => {
        console.log(`== pair ${pair} of ${pairs}: ${side === 'before' ? commit : 'this working copy'}`)
        const out = join(home, `${pair}-${side}.json`)
        await runBenchIn(side === 'before' ? other : REPOSITORY, [...args, '--dir', home, '--out', out])
        return JSON.parse(readFileSync(out, 'utf8')) as RunResult
      }
      if (pair % 2 === 1) {
        const before = await measure('before')
        done.push({ before, now: await measure('now') })
      } else {
        const now = await measure('now')
        done.push({ before: await measure('before'), now })
      }
      console.log(`\n${printRatios(commit, ratiosOf(done))}\n`)
    }
    return 0
  } catch (error) {
    console.error(`The comparison did not end: ${error instanceof Error ? error.message : String(error)}`)
    return 1
  } finally {
    git('worktree', 'remove', '--force', other)
    rmSync(home, { recursive: true, force: true })
  }
}

function git(...args: string[]): void {
  execFileSync('git', args, { cwd: REPOSITORY, stdio: ['ignore', 'ignore', 'inherit'] })
}

/** Installs and builds what is missing there, then measures; a missed floor is no reason to stop. */
function runBenchIn(folder: string, args: readonly string[]): Promise<void> {
  return new Promise((settle, reject) => {
    const child = spawn(process.execPath, ['scripts/run.mjs', PROGRAM, ...args], {
      cwd: folder,
      stdio: 'inherit',
    })
    child.once('error', reject)
    child.once('exit', () => settle())
  })
}

function printRatios(commit: string, ratios: readonly Ratio[]): string {
  const width = Math.max(...ratios.map(({ name }) => name.length))
  return [
    `Now by ${commit}, above 1 is better; times as their inverse; the middle one, then each pair:`,
    ...ratios.map(({ name, median, each }) => {
      return `  ${name.padEnd(width)}  ${median.toFixed(2)}   (${each.map(number).join(', ')})`
    }),
  ].join('\n')
}
