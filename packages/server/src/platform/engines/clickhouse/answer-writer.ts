import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Writable } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { DatabaseError } from './database-error.ts'
import { READER_STALL_MS } from './engine-bounds.ts'

/** What the X-ClickHouse-Summary header tells. */
export interface AnswerSummary {
  readonly readRows?: number
  readonly readBytes?: number
  readonly writtenRows?: number
  readonly writtenBytes?: number
  /** Seconds. */
  readonly elapsed?: number
}

/** Writes one answer of ClickHouse's HTTP interface. */
export class AnswerWriter {
  private readonly response: ServerResponse
  private readonly gzip: boolean
  private readonly tag = randomBytes(8).toString('hex')
  private out: Writable

  constructor(response: ServerResponse, gzip: boolean) {
    this.response = response
    this.gzip = gzip
    this.out = response
  }

  get started(): boolean {
    return this.response.headersSent
  }

  /** Sends status and headers; the body follows with `write` and `end`. */
  start(summary: AnswerSummary): void {
    this.response.setHeader('X-ClickHouse-Summary', JSON.stringify(summaryFields(summary)))
    this.response.setHeader('X-ClickHouse-Exception-Tag', this.tag)
    if (this.gzip) {
      this.response.setHeader('Content-Encoding', 'gzip')
      const gzip = createGzip({ level: 1 })
      gzip.pipe(this.response)
      this.out = gzip
    }
    this.response.writeHead(200)
  }

  /** Waits while the reader is slow; a reader that stalls or has gone ends the answer. */
  async write(chunk: Uint8Array): Promise<void> {
    if (chunk.length === 0 || this.out.write(chunk)) return
    const stalled = AbortSignal.timeout(READER_STALL_MS)
    const gone = new AbortController()
    const onClose = () => gone.abort()
    this.response.once('close', onClose)
    try {
      if (this.response.destroyed) throw new Error('The reader has gone')
      await once(this.out, 'drain', { signal: AbortSignal.any([stalled, gone.signal]) })
    } finally {
      this.response.off('close', onClose)
    }
  }

  end(): void {
    this.out.end()
  }

  /**
   * Answers with an error; one that comes after the first rows ends the connection, so that no client takes the part
   * for the whole.
   */
  fail(error: DatabaseError): void {
    const text = `${error.message}\n`
    if (!this.started) {
      this.response.setHeader('X-ClickHouse-Exception-Code', String(error.code))
      this.response.writeHead(error.status, { 'Content-Type': 'text/plain; charset=UTF-8' })
      this.response.end(text)
      return
    }
    const length = Buffer.byteLength(text)
    const block = `\r\n__exception__\r\n${this.tag}\r\n${text}${length} ${this.tag}\r\n__exception__\r\n`
    this.out.write(block, () => this.response.destroy())
  }
}

function summaryFields(summary: AnswerSummary): Record<string, string> {
  return {
    read_rows: String(summary.readRows ?? 0),
    read_bytes: String(summary.readBytes ?? 0),
    written_rows: String(summary.writtenRows ?? 0),
    written_bytes: String(summary.writtenBytes ?? 0),
    total_rows_to_read: '0',
    result_rows: '0',
    result_bytes: '0',
    elapsed_ns: String(Math.round((summary.elapsed ?? 0) * 1e9)),
  }
}
