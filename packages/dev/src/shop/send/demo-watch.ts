import { readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type DemoFile, isSameDemo, readDemoFile } from './demo-file.ts'

const WATCH_MS = 1_000
const MISSED_MAX = 3

/**
 * Says whether the demo shop is still wanted: until it is told to end, the demo is removed or made anew, or a newer
 * process of the demo shop takes over, as after a quick restart of the server.
 */
export class DemoWatch {
  readonly #file: string
  readonly #demo: DemoFile
  readonly #signal: AbortSignal
  readonly #timer: NodeJS.Timeout
  // in a row; a server that starts takes its file away for a moment
  #missed = 0
  #isReplaced = false

  private constructor(file: string, demo: DemoFile, signal: AbortSignal) {
    this.#file = file
    this.#demo = demo
    this.#signal = signal
    this.#timer = setInterval(() => {
      // one that cannot be read now is read a second later
      this.#look().catch(() => {})
    }, WATCH_MS)
  }

  /** Takes over from any other process, and begins to look. */
  static async start(file: string, demo: DemoFile, signal: AbortSignal): Promise<DemoWatch> {
    await writeFile(runnerFile(file), String(process.pid))
    return new DemoWatch(file, demo, signal)
  }

  get goesOn(): boolean {
    return !this.#signal.aborted && this.#missed < MISSED_MAX && !this.#isReplaced
  }

  /** The demo is no more: nothing of it is to be left. */
  get isRemoved(): boolean {
    return this.#missed >= MISSED_MAX && !this.#isReplaced
  }

  /** Looks no more; of a demo that is gone, nothing is left behind. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    if (this.isRemoved) await rm(runnerFile(this.#file), { force: true })
  }

  async #look(): Promise<void> {
    const demo = await readDemoFile(this.#file)
    this.#missed = isSameDemo(demo?.sources, this.#demo.sources) ? 0 : this.#missed + 1
    const runner = await readFile(runnerFile(this.#file), 'utf8').catch(() => undefined)
    this.#isReplaced = runner !== undefined && runner !== '' && runner !== String(process.pid)
  }
}

function runnerFile(demoFile: string): string {
  return join(dirname(demoFile), 'demo-runner')
}
