import { JobThread, programBeside, toError } from '../threads/job-thread.ts'
import type { DatabaseAddress } from './connect.ts'
import type { Rows, Statement, WriterJob } from './statement.ts'

/** A transaction changed nothing where it had to: somebody else moved what it was based on. */
export class NothingChanged extends Error {
  override readonly name = 'NothingChanged'
}

/**
 * Writes transactions to PostgreSQL from a thread of its own. A save has a dozen round trips; on the thread that parses
 * and decides, each of them would wait for its turn behind other work.
 */
export class DatabaseWriter {
  readonly #address: () => DatabaseAddress
  readonly #thread: JobThread<WriterJob, Rows>

  /** @param address where PostgreSQL is now */
  constructor(address: () => DatabaseAddress) {
    this.#address = address
    this.#thread = new JobThread({
      program: programBeside(import.meta.url, 'writer-thread.js'),
      lost: 'The connection to the database was lost with the thread that held it.',
      toError: (error) =>
        error.name === 'NothingChanged' ? new NothingChanged(error.message) : toError(error),
    })
  }

  /**
   * Runs statements in one transaction (a single query by itself).
   * @returns the rows of the last query
   * @throws NothingChanged, or the database's error with its code; whether the commit took place is not known when the
   * connection broke
   */
  run(statements: readonly Statement[]): Promise<Rows> {
    return this.#thread.run({ address: this.#address(), statements }, transferable(statements))
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
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
