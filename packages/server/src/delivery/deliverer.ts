import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { OutgoingRequest } from '@affluent/connectors/destination-kind'
import type { DatabaseAddress } from '../platform/database/connect.ts'
import type { Log } from '../platform/observability/log.ts'
import type { NameSources } from '../platform/outgoing/name-resolver.ts'
import type { OutgoingAnswer } from '../platform/outgoing/outgoing-client.ts'
import type { DelivererData, FromThread, ToThread } from './deliver-messages.ts'
import { type DeliveryPace, USUAL_PACE } from './destination-queue.ts'

/** What delivering needs. */
export interface DelivererOptions {
  /** where PostgreSQL is now */
  readonly address: () => DatabaseAddress
  readonly log: Log
  readonly now: () => number
  readonly networks: readonly string[]
  readonly names: NameSources
  /** the key in force, then former ones */
  readonly secretKeys: readonly Uint8Array[]
  readonly pace?: DeliveryPace | undefined
}

const BEAT_MS = 1_000
const AGAIN_MS = 1_000
const END_MS = 1_000

/** Stage 6, which runs on a thread of its own: this is the way to it. */
export class Deliverer {
  readonly #options: DelivererOptions
  readonly #open = new Map<number, number>()
  readonly #waiting = new Map<number, (message: FromThread | undefined) => void>()
  readonly #beat: NodeJS.Timeout
  #worker: Worker | undefined
  #nextId = 1
  #closed = false

  constructor(options: DelivererOptions) {
    this.#options = options
    this.#beat = setInterval(() => this.#tell({ kind: 'beat', ...this.#present() }), BEAT_MS)
    this.#beat.unref()
  }

  /** Begins to deliver for a workspace whose lease this process holds. */
  open(workspace: number, epoch: number): { end(): Promise<void> } {
    this.#open.set(workspace, epoch)
    this.#worker ??= this.#start()
    this.#tell({ kind: 'open', workspace, epoch })
    return {
      end: async () => {
        this.#open.delete(workspace)
        await this.#ask((id) => ({ kind: 'close', id, workspace }))
      },
    }
  }

  /** Something is queued. @param destinations undefined: perhaps to any of them */
  wake(workspace: number, destinations?: readonly number[]): void {
    this.#tell({ kind: 'wake', workspace, destinations })
  }

  /** Destinations or mappings of the workspace have changed. */
  changed(workspace: number): void {
    this.#tell({ kind: 'changed', workspace })
  }

  /** Sends one request of a workspace that belongs to no connection: a test. */
  async send(workspace: number, request: OutgoingRequest): Promise<OutgoingAnswer> {
    this.#worker ??= this.#start()
    const message = await this.#ask((id) => ({ kind: 'send', id, workspace, request }))
    if (message?.kind === 'sent') return message.answer
    const error = { code: 'connection_closed' as const, message: 'The server is being stopped; try again.' }
    return { ms: 0, status: undefined, headers: {}, body: '', truncated: false, isPrivate: false, error }
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#beat)
    await this.#worker?.terminate()
    this.#release()
  }

  #present(): { address: DatabaseAddress; now: number } {
    return { address: this.#options.address(), now: this.#options.now() }
  }

  #tell(message: ToThread): void {
    this.#worker?.postMessage(message)
  }

  #ask(make: (id: number) => ToThread): Promise<FromThread | undefined> {
    if (this.#worker === undefined) return Promise.resolve(undefined)
    const id = this.#nextId++
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      this.#tell(make(id))
    })
  }

  #start(): Worker {
    const { networks, names, secretKeys, pace = USUAL_PACE, log } = this.#options
    const data: DelivererData = { ...this.#present(), networks, names, secretKeys, pace, endMs: END_MS }
    const worker = new Worker(threadProgram(), {
      workerData: data,
      execArgv: importsOf(process.execArgv),
    })
    worker.on('message', (message: FromThread) => {
      if (message.kind === 'log') return log[message.level](message.event, message.fields)
      this.#waiting.get(message.id)?.(message)
      this.#waiting.delete(message.id)
    })
    worker.on('error', (error) => log.error('deliverer_failed', { error }))
    worker.on('exit', () => this.#lose(worker))
    worker.unref()
    return worker
  }

  /** The thread is gone: another goes on with what is on disk. */
  #lose(worker: Worker): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#release()
    if (this.#closed) return
    setTimeout(() => {
      if (this.#closed || this.#open.size === 0) return
      this.#worker ??= this.#start()
      for (const [workspace, epoch] of this.#open) this.#tell({ kind: 'open', workspace, epoch })
    }, AGAIN_MS).unref()
  }

  #release(): void {
    for (const resolve of this.#waiting.values()) resolve(undefined)
    this.#waiting.clear()
  }
}

/**
 * The thread's compiled program: beside this file when compiled, in `dist` when this file runs as TypeScript (tests).
 */
function threadProgram(): string {
  const beside = fileURLToPath(new URL('./deliver-thread.js', import.meta.url))
  const built = fileURLToPath(new URL('../../dist/delivery/deliver-thread.js', import.meta.url))
  for (const path of [beside, built]) if (existsSync(path)) return path
  throw new Error(`The program ${built} is missing: run npm run build.`)
}

/**
 * What is loaded before the program is loaded before the thread too, as the profile of the benchmark. Nothing else that
 * node was told: tests resolve packages to their sources, and the thread, a compiled program, finds compiled ones.
 */
function importsOf(args: readonly string[]): string[] {
  return args.filter((arg, at) => arg === '--import' || args[at - 1] === '--import')
}
