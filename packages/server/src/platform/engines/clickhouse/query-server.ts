import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { AnswerWriter } from './answer-writer.ts'
import type { ChdbEngine, EngineSession } from './chdb-engine.ts'
import { databaseError, toDatabaseError } from './database-error.ts'
import { ANSWER_BYTES } from './engine-bounds.ts'
import { type InsertHead, insertFromFile, readInsertHead } from './insert-head.ts'
import { QueryGate } from './query-gate.ts'
import { type QueryRequest, readQueryRequest, readWhole } from './query-request.ts'
import type { RowSpool } from './row-spool.ts'
import { isInsert, isRead, isStreamable } from './statement-shape.ts'

/** So much of a streamed answer is held back, that most errors still travel as an error and not inside a 200. */
const HOLD_BACK_BYTES = 1024 ** 2
const HEADER_BYTES = 1024 ** 2
const KILL_AGAIN_MS = 500

/** Serves ClickHouse's HTTP interface on top of the embedded engine; the caller lets it listen. */
export function createQueryServer(engine: ChdbEngine, spool: RowSpool): Server {
  const desk = new QueryDesk(engine, spool)
  const server = createServer({ maxHeaderSize: HEADER_BYTES }, (request, response) => {
    void desk.answer(request, response)
  })
  // The client closes idle sockets; a server that does so first makes its next request fail.
  server.keepAliveTimeout = 0
  return server
}

class QueryDesk {
  private readonly engine: ChdbEngine
  private readonly spool: RowSpool
  private readonly gate = new QueryGate()
  private lastId = 0

  constructor(engine: ChdbEngine, spool: RowSpool) {
    this.engine = engine
    this.spool = spool
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const writer = { current: new AnswerWriter(response, false) }
    const gone = new AbortController()
    response.once('close', () => gone.abort(new Error('The client has gone')))
    try {
      if (isHealthCheck(request)) {
        response.end('Ok.\n')
        return
      }
      const query = await readQueryRequest(request)
      writer.current = new AnswerWriter(response, query.gzipAnswer)
      response.setHeader('X-ClickHouse-Query-Id', query.queryId ?? randomUUID())
      await this.dispatch(query, gone.signal, writer.current)
    } catch (error) {
      if (!response.destroyed) writer.current.fail(toDatabaseError(error))
    }
  }

  private async dispatch(query: QueryRequest, gone: AbortSignal, writer: AnswerWriter): Promise<void> {
    const head = readInsertHead(query.sql)
    if (head !== null && (query.rows !== undefined || head.rows !== '')) {
      await this.insertRows(query, head, gone, writer)
      return
    }
    const sql = query.rows === undefined ? query.sql : await joinRows(query.sql, query.rows)
    if (sql.trim() === '') throw databaseError(62, 'SYNTAX_ERROR', 'Syntax error: Empty query')
    await this.runStatement({ ...query, sql }, gone, writer)
  }

  private async insertRows(
    query: QueryRequest,
    head: InsertHead,
    gone: AbortSignal,
    writer: AnswerWriter,
  ): Promise<void> {
    const path = await this.spool.write(query.rows ?? head.rows)
    try {
      const { session, leave } = await this.open(query, 'insert', gone)
      try {
        await write(session, insertFromFile(head, path), writer)
      } finally {
        leave()
      }
    } finally {
      await this.spool.remove(path)
    }
  }

  private async runStatement(query: QueryRequest, gone: AbortSignal, writer: AnswerWriter): Promise<void> {
    const reads = isRead(query.sql)
    const streams = reads && isStreamable(query.sql, query.format)
    const bounds = reads && !streams ? [['max_result_bytes', String(ANSWER_BYTES)] as const] : []
    const settings = new Map([...bounds, ...query.settings])
    const { session, id, leave } = await this.open({ ...query, settings }, 'other', gone)
    // As with a server, what writes goes on when its client goes; a read would only hold its slot.
    const endKilling = reads ? this.killWhenGone(id, gone) : () => {}
    try {
      if (streams) {
        await stream(session, query, writer)
        return
      }
      await checkSingle(session, query.sql)
      if (isInsert(query.sql)) await write(session, query.sql, writer)
      else await answerWhole(session, query, writer)
    } finally {
      endKilling()
      leave()
    }
  }

  /** Kills until the query is over: the first attempt may come before the engine knows the query. */
  private killWhenGone(id: string, gone: AbortSignal): () => void {
    const kill = () => void this.engine.kill(id).catch(() => {})
    let timer: NodeJS.Timeout | undefined
    const onGone = () => {
      kill()
      timer = setInterval(kill, KILL_AGAIN_MS)
    }
    gone.addEventListener('abort', onGone, { once: true })
    return () => {
      gone.removeEventListener('abort', onGone)
      clearInterval(timer)
    }
  }

  private async open(query: QueryRequest, kind: 'insert' | 'other', gone: AbortSignal) {
    const leaveGate = await this.gate.enter(kind, query.owner, gone)
    try {
      this.lastId += 1
      const id = `query-${this.lastId}`
      const session = await this.engine.prepare({ ...query, id })
      const leave = () => {
        session.close()
        leaveGate()
      }
      if (gone.aborted) {
        session.close()
        throw gone.reason
      }
      return { id, session, leave }
    } catch (error) {
      leaveGate()
      throw error
    }
  }
}

function isHealthCheck(request: IncomingMessage): boolean {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://clickhouse')
  return pathname === '/ping' || (request.method === 'GET' && !searchParams.has('query'))
}

async function joinRows(sql: string, rows: NonNullable<QueryRequest['rows']>): Promise<string> {
  const text = (await readWhole(rows)).toString()
  if (text === '') return sql
  if (/\bvalues\s*$/i.test(sql)) return `${sql} ${text}`
  throw rowsNotUnderstood()
}

/** A server runs one statement; chdb would run all, and rows behind an empty line too. */
async function checkSingle(session: EngineSession, sql: string): Promise<void> {
  const statements = await session.countStatements(sql)
  if (statements > 1)
    throw databaseError(62, 'SYNTAX_ERROR', 'Syntax error (Multi-statements are not allowed)')
  if (statements === 0 && isInsert(sql) && /\bformat\b/i.test(sql)) throw rowsNotUnderstood()
}

function rowsNotUnderstood(): Error {
  const text = 'Rows need a statement of the form INSERT INTO table (columns) SETTINGS ... FORMAT Name'
  return databaseError(48, 'NOT_IMPLEMENTED', text)
}

async function write(session: EngineSession, sql: string, writer: AnswerWriter): Promise<void> {
  const { rowsWritten, bytesWritten, elapsed } = await session.write(sql)
  writer.start({
    readRows: rowsWritten,
    readBytes: bytesWritten,
    writtenRows: rowsWritten,
    writtenBytes: bytesWritten,
    elapsed,
  })
  writer.end()
}

async function answerWhole(session: EngineSession, query: QueryRequest, writer: AnswerWriter): Promise<void> {
  const { bytes, rowsRead, bytesRead, elapsed } = await session.run(query.sql, query.format)
  writer.start({ readRows: rowsRead, readBytes: bytesRead, elapsed })
  await writer.write(bytes)
  writer.end()
}

async function stream(session: EngineSession, query: QueryRequest, writer: AnswerWriter): Promise<void> {
  const held: Buffer[] = []
  let heldBytes = 0
  const release = async () => {
    writer.start({})
    for (const chunk of held.splice(0)) await writer.write(chunk)
  }
  for await (const chunk of session.stream(query.sql, query.format)) {
    if (writer.started) {
      await writer.write(chunk)
      continue
    }
    held.push(chunk)
    heldBytes += chunk.length
    if (heldBytes >= HOLD_BACK_BYTES) await release()
  }
  if (!writer.started) await release()
  writer.end()
}
