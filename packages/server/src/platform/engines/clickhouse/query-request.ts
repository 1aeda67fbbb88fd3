import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { databaseError } from './database-error.ts'
import { STATEMENT_BYTES } from './engine-bounds.ts'

/** Settings of ClickHouse's HTTP layer, and names that are no settings at all: the engine does not know them. */
const NOT_FOR_THE_ENGINE = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'user',
  'password',
  'role',
  'quota_key',
  'stacktrace',
  'wait_end_of_query',
  'buffer_size',
  'enable_http_compression',
  'send_progress_in_http_headers',
  'http_headers_progress_interval_ms',
  'http_response_buffer_size',
  'http_write_exception_in_output_format',
  'http_zlib_compression_level',
  'cancel_http_readonly_queries_on_client_close',
  'log_comment',
])
const REFUSED = ['session_id', 'compress', 'decompress']

export interface QueryRequest {
  /** The statement; rows of an insert may follow in `rows`. */
  readonly sql: string
  /** The body, when the statement came in the address. */
  readonly rows: Readable | undefined
  readonly queryId: string | undefined
  readonly database: string | undefined
  readonly format: string
  /** on whose behalf it is asked; empty: the server's own */
  readonly owner: string
  readonly settings: ReadonlyMap<string, string>
  readonly params: ReadonlyMap<string, string>
  readonly gzipAnswer: boolean
}

/**
 * Reads a request of ClickHouse's HTTP interface: statement in the address or body (plain or multipart), `param_x`,
 * settings.
 * @throws DatabaseError for what this interface does not do
 */
export async function readQueryRequest(request: IncomingMessage): Promise<QueryRequest> {
  const address = new URL(request.url ?? '/', 'http://clickhouse').searchParams
  for (const name of REFUSED) {
    if (address.has(name)) throw databaseError(48, 'NOT_IMPLEMENTED', `${name} is not supported here`)
  }
  const fields = [...address]
  const inAddress = address.get('query')
  const body = bodyOf(request)
  let sql = inAddress ?? ''
  let rows: Readable | undefined = body
  if (isMultipart(request)) {
    fields.push(...(await readMultipart(body, request)))
    sql = fields.find(([name]) => name === 'query')?.[1] ?? ''
    rows = undefined
  } else if (inAddress === null) {
    sql = (await readWhole(body)).toString()
    rows = undefined
  }
  return {
    sql,
    rows,
    queryId: address.get('query_id') ?? undefined,
    database: address.get('database') ?? undefined,
    format: address.get('default_format') ?? 'TabSeparated',
    owner: address.get('quota_key') ?? '',
    settings: new Map(fields.filter(([name]) => !NOT_FOR_THE_ENGINE.has(name) && !name.startsWith('param_'))),
    params: new Map(
      fields.filter(([name]) => name.startsWith('param_')).map(([name, value]) => [name.slice(6), value]),
    ),
    gzipAnswer:
      address.get('enable_http_compression') === '1' &&
      /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? '')),
  }
}

function bodyOf(request: IncomingMessage): Readable {
  const encoding = request.headers['content-encoding'] ?? 'identity'
  if (encoding === 'identity') return request
  if (encoding !== 'gzip') {
    throw databaseError(48, 'NOT_IMPLEMENTED', `Content-Encoding ${encoding} is not supported here; gzip is`)
  }
  const gunzip = createGunzip()
  request.on('error', (error) => gunzip.destroy(error))
  return request.pipe(gunzip)
}

/**
 * Reads a body into memory.
 * @throws DatabaseError 396 above `STATEMENT_BYTES`; the rest stays unread, so that the client gets the answer
 */
export async function readWhole(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > STATEMENT_BYTES) throw tooLong()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function tooLong(): Error {
  return databaseError(
    396,
    'TOO_MANY_ROWS_OR_BYTES',
    `A statement longer than ${STATEMENT_BYTES} bytes; rows of an insert go in the body, the statement in the address`,
  )
}

function isMultipart(request: IncomingMessage): boolean {
  return String(request.headers['content-type'] ?? '').startsWith('multipart/form-data')
}

async function readMultipart(body: Readable, request: IncomingMessage): Promise<[string, string][]> {
  const whole = await readWhole(body)
  const form = await new Response(new Uint8Array(whole), {
    headers: { 'content-type': String(request.headers['content-type']) },
  }).formData()
  const fields: [string, string][] = []
  for (const [name, value] of form.entries()) if (typeof value === 'string') fields.push([name, value])
  return fields
}
