import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { LoadPlan, LoadReport, ToolAnswer, ToolRequest } from './load-plan.ts'

/** Told how a run goes. */
export interface LoadWatcher {
  onStart?(): void
  onMeasure?(): void
}

/** The load tool's process, from outside. */
export class LoadTool {
  readonly #child: ChildProcess

  private constructor(child: ChildProcess) {
    this.#child = child
  }

  /** Starts it. */
  static async start(): Promise<LoadTool> {
    const program = fileURLToPath(new URL('./tool.js', import.meta.url))
    const child = fork(program, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
    await once(child, 'message')
    return new LoadTool(child)
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /**
   * Runs a plan to its end; one at a time.
   * @throws Error when the tool cannot run it
   */
  run(plan: LoadPlan, watcher: LoadWatcher = {}): Promise<LoadReport> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        this.#child.off('message', hear)
        this.#child.off('exit', die)
        settle()
      }
      const hear = (message: ToolAnswer) => {
        switch (message.kind) {
          case 'started':
            return watcher.onStart?.()
          case 'measuring':
            return watcher.onMeasure?.()
          case 'report':
            return end(() => resolve(message.report))
          case 'failed':
            return end(() => reject(new Error(`The load tool failed: ${message.reason}`)))
        }
      }
      const die = () => end(() => reject(new Error('The load tool ended.')))
      this.#child.on('message', hear)
      this.#child.once('exit', die)
      this.#say({ kind: 'run', plan })
    })
  }

  /** Paced plans: events that may have been sent in all since the plan began. */
  allow(upTo: number): void {
    this.#say({ kind: 'allow', upTo })
  }

  /** Ends the open loop that runs, before its time. */
  end(): void {
    this.#say({ kind: 'end' })
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.disconnect()
    await gone
  }

  #say(message: ToolRequest): void {
    this.#child.send(message)
  }
}
