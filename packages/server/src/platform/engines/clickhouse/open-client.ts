import { Agent } from 'node:http'
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { STATEMENT_BYTES } from './engine-bounds.ts'

const REQUEST_TIMEOUT_MS = 630_000
const MAX_SOCKETS = 128

/** Where ClickHouse is. */
export interface ClickHouseAddress {
  /** `http(s)://user:password@host:8123/database` */
  readonly url: string
  /** of the embedded one, whose url says nothing then */
  readonly socketPath?: string
}

/** The official client, as we use it. */
export function openClient({ url, socketPath }: ClickHouseAddress): ClickHouseClient {
  return createClient({
    url,
    request_timeout: REQUEST_TIMEOUT_MS,
    max_open_connections: MAX_SOCKETS,
    // what does not fit into an address goes into the body
    use_multipart_params_auto: true,
    // Its log lines hold query text and values.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: {
      // Newer servers gather inserts by default; a block with a token must be on disk when it is acknowledged.
      async_insert: 0,
      // The default differs between versions.
      output_format_json_quote_64bit_integers: 0,
      // a condition of a hundred parts is a long sentence
      max_query_size: String(STATEMENT_BYTES),
    },
    ...(socketPath === undefined
      ? {}
      : { http_agent: new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, ...{ socketPath } }) }),
  })
}
