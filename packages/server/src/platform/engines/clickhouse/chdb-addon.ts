import { createRequire } from 'node:module'

/** A connection of the addon; opaque. Closing one while a call on it runs ends the process. */
export type Connection = { readonly connection: unique symbol }
export type ResultStream = { readonly stream: unique symbol }

export interface QueryAnswer {
  readonly bytes: Uint8Array
  readonly rowsRead: number
  readonly bytesRead: number
  /** Seconds. */
  readonly elapsed: number
}

export interface WriteAnswer {
  readonly rowsWritten: number
  readonly bytesWritten: number
  /** Seconds. */
  readonly elapsed: number
}

/** The part of chdb's native addon that we use. Its `...Async` calls and `StreamFetch` run on libuv's threads. */
export interface ChdbAddon {
  CreateConnection(dataDir: string, args: readonly string[]): Connection
  CloseConnection(connection: Connection): void
  QueryAsyncConnection(connection: Connection, sql: string, format: string): Promise<QueryAnswer>
  InsertRawAsyncConnection(
    connection: Connection,
    sql: string,
    data: Buffer,
    countLines: boolean,
  ): Promise<WriteAnswer>
  /** Runs scalar subqueries of the select before it returns, so it may block. */
  StreamQuery(connection: Connection, sql: string, format: string): ResultStream
  StreamFetch(stream: ResultStream): Promise<{ readonly done?: boolean; readonly bytes: Uint8Array }>
  /** Not while a fetch runs. */
  StreamCancel(stream: ResultStream): void
  DurableClassifyAsync(connection: Connection, sql: string): Promise<{ readonly statementCount: number }>
}

/**
 * Loads chdb's native addon. Its JavaScript wrapper hides what an HTTP interface needs: rows written by a statement,
 * one connection per request, the number of statements.
 * @throws Error when no library exists for this platform
 */
export function loadChdb(): ChdbAddon {
  const require = createRequire(import.meta.url)
  const loader = createRequire(require.resolve('chdb'))('./dist/loader.js') as { loadNative(): ChdbAddon }
  return loader.loadNative()
}
