import type { ClickHouseAddress } from '../engines/clickhouse/open-client.ts'
import { JobThread, programBeside } from '../threads/job-thread.ts'

/** An insert on its way to the thread that sends it. */
export interface InsertJob {
  readonly address: ClickHouseAddress
  /** table and columns, as they stand after `insert into` */
  readonly target: string
  /** in RowBinary form, in pieces */
  readonly rows: readonly Uint8Array[]
  /** `insert_deduplication_token` */
  readonly token: string
}

/**
 * Sends rows to ClickHouse from a thread of its own: of a block of ten megabytes the socket takes a piece at a time,
 * and each piece would wait for its turn behind other work.
 */
export class RowInserter {
  readonly #address: ClickHouseAddress
  readonly #thread: JobThread<InsertJob, void>

  constructor(address: ClickHouseAddress) {
    this.#address = address
    this.#thread = new JobThread({
      program: programBeside(import.meta.url, 'insert-thread.js'),
      lost: 'An insert into ClickHouse was lost with the thread that sent it.',
    })
  }

  /**
   * Inserts rows; resolves once ClickHouse has them on disk. Nothing is sent when there are none.
   * @param target table and columns, as they stand after `insert into`
   * @param rows in RowBinary form, in pieces of memory that nothing else uses: they are handed over
   * @param token what ClickHouse tells a repeated insert by
   * @throws ClickHouse's error, or that of the connection; whether the rows are there is not known then
   */
  async insert(target: string, rows: readonly Uint8Array[], token: string): Promise<void> {
    const some = rows.filter(({ length }) => length > 0)
    if (some.length === 0) return
    await this.#thread.run(
      { address: this.#address, target, rows: some, token },
      some.map(({ buffer }) => buffer as ArrayBuffer),
    )
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
