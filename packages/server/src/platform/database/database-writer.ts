import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Worker } from 'node:worker_threads'
import type { DatabaseAddress } from './connect.ts'
import type { Rows, Statement, WriterJob, WriterReply } from './statement.ts'

/** A transaction changed nothing where it had to: somebody else moved what it was based on. */
export class NothingChanged extends Error {
  override readonly name = 'NothingChanged'
}

interface Waiting {
  resolve(rows: Rows): void
  reject(error: Error): void
}

/**
 * Writes transactions to PostgreSQL from a thread of its own. A save has a dozen round trips; on the thread that parses
 * and decides, each of them would wait for its turn behind tens of milliseconds of work.
 */
export class DatabaseWriter {
  readonly #address: () => DatabaseAddress
  readonly #waiting = new Map<number, Waiting>()
  #worker: Worker | undefined
  #nextId = 1
  #closed = false

  /** @param address where PostgreSQL is now */
  constructor(address: () => DatabaseAddress) {
    this.#address = address
  }

  /**
   * Runs statements in one transaction (a single query by itself).
   * @returns the rows of the last query
   * @throws NothingChanged, or the database's error with its code; whether the commit took place is not known when the
   * connection broke
   */
  run(statements: readonly Statement[]): Promise<Rows> {
    if (this.#closed) return Promise.reject(new Error('The connection to the database is closed.'))
    this.#worker ??= this.#start()
    const job: WriterJob = { id: this.#nextId++, address: this.#address(), statements }
    const worker = this.#worker
    return new Promise((resolve, reject) => {
      this.#waiting.set(job.id, { resolve, reject })
      worker.postMessage(job, transferable(statements))
    })
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(threadProgram())
    worker.on('message', (reply: WriterReply) => {
      const waiting = this.#waiting.get(reply.id)
      this.#waiting.delete(reply.id)
      if ('rows' in reply) waiting?.resolve(reply.rows)
      else waiting?.reject(toError(reply.error))
    })
    worker.on('error', () => this.#lose())
    worker.on('exit', () => this.#lose())
    worker.unref()
    return worker
  }

  /** The thread is gone: what it had in hand may or may not be committed; the next job starts another. */
  #lose(): void {
    this.#worker = undefined
    for (const { reject } of this.#waiting.values()) {
      reject(new Error('The connection to the database was lost with the thread that held it.'))
    }
    this.#waiting.clear()
  }
}

function toError(error: { name: string; message: string; code?: string }): Error {
  if (error.name === 'NothingChanged') return new NothingChanged(error.message)
  return Object.assign(new Error(error.message), error.code === undefined ? {} : { code: error.code })
}

/** Buffers that own their memory go over without a copy. */
function transferable(statements: readonly Statement[]): ArrayBuffer[] {
  const buffers: ArrayBuffer[] = []
  for (const statement of statements) {
    const values = statement.kind === 'copy' ? [statement.rows] : statement.values
    for (const value of values) {
      if (!(value instanceof Uint8Array) || value.byteLength !== value.buffer.byteLength) continue
      if (value.buffer instanceof ArrayBuffer) buffers.push(value.buffer)
    }
  }
  return buffers
}

/**
 * The thread's compiled program: beside this file when compiled, in `dist` when this file runs as TypeScript (tests).
 */
function threadProgram(): string {
  const beside = fileURLToPath(new URL('./writer-thread.js', import.meta.url))
  const built = fileURLToPath(new URL('../../../dist/platform/database/writer-thread.js', import.meta.url))
  for (const path of [beside, built]) if (existsSync(path)) return path
  throw new Error(`The program ${built} is missing: run npm run build.`)
}
