import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { type Transferable, Worker } from 'node:worker_threads'

/** A job on its way to a thread, and what comes back. */
export interface JobMessage<Job> {
  readonly id: number
  readonly job: Job
}

export type JobReply<Answer> =
  | { readonly id: number; readonly answer: Answer }
  | { readonly id: number; readonly error: JobError }

/** An error as it travels between threads. */
export interface JobError {
  readonly name: string
  readonly message: string
  readonly code?: string
}

interface Waiting<Answer> {
  resolve(answer: Answer): void
  reject(error: Error): void
}

/**
 * A thread that carries out jobs, started when the first one comes. Round trips that would each wait for their turn on
 * the thread that parses and decides go on by themselves there. When the thread is lost, the jobs that it had in hand
 * fail, and the next one starts another.
 */
export class JobThread<Job, Answer> {
  readonly #program: string
  readonly #toError: (error: JobError) => Error
  readonly #lost: string
  readonly #waiting = new Map<number, Waiting<Answer>>()
  #worker: Worker | undefined
  #nextId = 1
  #closed = false

  /**
   * @param options.program compiled, as `programBeside` finds it
   * @param options.lost message of the error with which jobs fail that a lost thread had in hand
   * @param options.toError what a job fails with
   */
  constructor(options: { program: string; lost: string; toError?: (error: JobError) => Error }) {
    this.#program = options.program
    this.#lost = options.lost
    this.#toError = options.toError ?? toError
  }

  /** @param transfer buffers of the job that go over without a copy */
  run(job: Job, transfer: readonly Transferable[]): Promise<Answer> {
    if (this.#closed) return Promise.reject(new Error('The thread is closed.'))
    this.#worker ??= this.#start()
    const id = this.#nextId++
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      worker.postMessage({ id, job } satisfies JobMessage<Job>, transfer)
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#program)
    worker.on('message', (reply: JobReply<Answer>) => {
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if ('error' in reply) waiting?.reject(this.#toError(reply.error))
      else waiting?.resolve(reply.answer)
    })
    worker.on('error', () => this.#lose())
    worker.on('exit', () => this.#lose())
    worker.unref()
    return worker
  }

  #lose(): void {
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) reject(new Error(this.#lost))
    this.#waiting.clear()
  }
}

/** An error of a thread as one of this thread, with its code. */
export function toError({ name, message, code }: JobError): Error {
  return Object.assign(new Error(message), { name }, code === undefined ? {} : { code })
}

/**
 * The compiled program of a thread: beside the module that starts it, or in `dist` when that runs as TypeScript
 * (tests).
 * @param module `import.meta.url` of the module that starts it
 * @param name such as `writer-thread.js`
 */
export function programBeside(module: string, name: string): string {
  const beside = fileURLToPath(new URL(name, module))
  const built = beside.replace(/[/\\]src[/\\](?!.*[/\\]src[/\\])/, '/dist/')
  for (const path of [beside, built]) if (existsSync(path)) return path
  throw new Error(`The program ${built} is missing: run npm run build.`)
}
