import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { ReceiverAnswer, ReceiverManner, ReceiverReport, ReceiverRequest } from './receiver-messages.ts'

/** Webhooks' other ends, in one process of their own. */
export class Receivers {
  readonly urls: readonly string[]
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, ports: readonly number[]) {
    this.#child = child
    this.urls = ports.map((port) => `http://127.0.0.1:${port}/hook`)
  }

  /** Starts one for each manner. */
  static async start(manners: readonly ReceiverManner[]): Promise<Receivers> {
    const program = fileURLToPath(new URL('./receiver-program.js', import.meta.url))
    const child = fork(program, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] })
    const opened = await ask(child, { kind: 'open', manners })
    if (opened.kind !== 'opened') throw new Error('The receivers did not start.')
    return new Receivers(child, opened.ports)
  }

  get pid(): number {
    return this.#child.pid as number
  }

  /** Counts anew. */
  async forget(): Promise<void> {
    await ask(this.#child, { kind: 'forget' })
  }

  async report(): Promise<ReceiverReport> {
    const answer = await ask(this.#child, { kind: 'report' })
    if (answer.kind !== 'report') throw new Error('The receivers gave no report.')
    return answer.report
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return
    const gone = once(this.#child, 'exit')
    this.#child.disconnect()
    await gone
  }
}

/** One question at a time. */
async function ask(child: ChildProcess, request: ReceiverRequest): Promise<ReceiverAnswer> {
  const answered = once(child, 'message')
  child.send(request)
  const [answer] = (await answered) as [ReceiverAnswer]
  return answer
}
