import { spawn } from 'node:child_process'
import { setMaxListeners } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { setTimeout as pause } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type ClickHouseClient, ClickHouseError } from '@clickhouse/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LogLine } from './clickhouse-log.ts'
import { type ClickHouseEngine, connectClickHouse, startClickHouse } from './start-clickhouse.ts'

const AWKWARD = [
  'tab\there',
  'back\\slash \\n \\',
  'line\nbreak\n\nand an empty line',
  `'single' "double" \`tick\``,
  "x'); DROP TABLE t; --",
  '🎉 é 漢',
  'nul\0byte',
  '\r\n;\t',
  '\\N',
  '{a:String}',
  '',
]

let root: string
let engine: ClickHouseEngine
let client: ClickHouseClient
const lines: LogLine[] = []

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'affluent-test-'))
  engine = await startClickHouse({ dataDir: deepFolder(root), log: (line) => lines.push(line) })
  client = engine.client
})

afterAll(async () => {
  await engine?.stop()
  await rm(root, { recursive: true, force: true })
})

/** Deeper than a unix socket's path may be, with characters that mean something to SQL and file patterns. */
function deepFolder(base: string): string {
  return join(base, ...Array.from({ length: 12 }, (_, depth) => `it's {deep} *${depth}*`), 'clickhouse')
}

async function read<T>(query: string, params: Record<string, unknown> = {}): Promise<T[]> {
  const result = await client.query({ query, query_params: params, format: 'JSONEachRow' })
  return await result.json<T>()
}

async function count(table: string): Promise<number> {
  const rows = await read<{ n: number }>('SELECT count() AS n FROM {table:Identifier}', { table })
  return rows[0]?.n ?? Number.NaN
}

/** Repeats what fails because the server has gone. */
async function untilUp<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await attempt()
    } catch (error) {
      if (tries > 100 || error instanceof ClickHouseError) throw error
      await pause(100)
    }
  }
}

async function killChild(): Promise<void> {
  const pid = engine.pid
  if (pid === undefined) throw new Error('no child')
  process.kill(pid, 'SIGKILL')
  while (engine.pid === pid) await pause(5)
}

describe('client round trip', () => {
  test('answers a ping', async () => {
    expect(await engine.ping()).toBe(true)
  })

  test.each(AWKWARD)('a parameter comes back as it was: %j', async (value) => {
    expect(await read('SELECT {value:String} AS value', { value })).toEqual([{ value }])
  })

  test('parameters of several types are bound by the server', async () => {
    const rows = await read(
      'SELECT {n:UInt32} + 1 AS n, {list:Array(String)} AS list, {at:DateTime64(3)} AS at, {none:Nullable(String)} AS none',
      { n: 41, list: AWKWARD, at: new Date(1_700_000_000_123), none: null },
    )
    expect(rows).toEqual([{ n: 42, list: AWKWARD, at: '2023-11-14 22:13:20.123', none: null }])
  })

  test('parallel queries keep their own parameters and settings', async () => {
    const numbers = Array.from({ length: 60 }, (_, index) => index)
    const rows = await Promise.all(
      numbers.map(async (n) => {
        const query = "SELECT {n:UInt32} AS n, getSetting('max_block_size') AS size"
        const result = await client.query({
          query,
          query_params: { n },
          format: 'JSONEachRow',
          clickhouse_settings: { max_block_size: String(1000 + n) },
        })
        return (await result.json<{ n: number; size: number }>())[0]
      }),
    )
    expect(rows).toEqual(numbers.map((n) => ({ n, size: 1000 + n })))
  })

  test.each(['JSONEachRow', 'JSONCompactEachRow', 'TabSeparated', 'CSV'] as const)(
    'rows come back as inserted with %s',
    async (format) => {
      await client.command({
        query: `CREATE TABLE rows_${format} (id UInt32, value String) ENGINE = MergeTree ORDER BY id`,
      })
      const text = AWKWARD.map((value, id) => encodeRow(format, id, value)).join('')
      await client.exec({
        query: `INSERT INTO rows_${format} (id, value) FORMAT ${format}`,
        values: Readable.from([text]),
      })
      const rows = await read<{ value: string }>(`SELECT value FROM rows_${format} ORDER BY id`)
      expect(rows.map((row) => row.value)).toEqual(AWKWARD)
    },
  )

  test('objects are inserted by the client and counted in the summary', async () => {
    await client.command({
      query: 'CREATE TABLE objects (id UInt32, value String) ENGINE = MergeTree ORDER BY id',
    })
    const { summary } = await client.insert({
      table: 'objects',
      values: AWKWARD.map((value, id) => ({ id, value })),
      format: 'JSONEachRow',
    })
    expect(summary?.written_rows).toBe(String(AWKWARD.length))
    const rows = await read<{ value: string }>('SELECT value FROM objects ORDER BY id')
    expect(rows.map((row) => row.value)).toEqual(AWKWARD)
  })

  test('binary rows arrive whole', async () => {
    await client.command({
      query: 'CREATE TABLE binary (id UInt32, value String) ENGINE = MergeTree ORDER BY id',
    })
    const rows = AWKWARD.map((value, id) => {
      const bytes = Buffer.from(value)
      const head = Buffer.alloc(5)
      head.writeUInt32LE(id)
      head.writeUInt8(bytes.length, 4)
      return Buffer.concat([head, bytes])
    })
    const { summary } = await client.exec({
      query: 'INSERT INTO binary FORMAT RowBinary',
      values: Readable.from([Buffer.concat(rows)], { objectMode: false }),
    })
    expect(summary?.written_rows).toBe(String(AWKWARD.length))
    const back = await read<{ value: string }>('SELECT value FROM binary ORDER BY id')
    expect(back.map((row) => row.value)).toEqual(AWKWARD)
  })

  test('rows written inside the statement arrive whole', async () => {
    await client.command({ query: 'CREATE TABLE inside (value String) ENGINE = MergeTree ORDER BY value' })
    await client.command({ query: 'INSERT INTO inside FORMAT CSV\n"one\n\ntwo"\n"three"\n' })
    await client.command({ query: "INSERT INTO inside VALUES ('four\n\nfive'), (';')" })
    expect(await read('SELECT value FROM inside ORDER BY value')).toEqual([
      { value: ';' },
      { value: 'four\n\nfive' },
      { value: 'one\n\ntwo' },
      { value: 'three' },
    ])
  })

  test('gzip in both directions', async () => {
    await client.command({ query: 'CREATE TABLE zipped (value String) ENGINE = MergeTree ORDER BY tuple()' })
    const { createClient } = await import('@clickhouse/client')
    const { socketPath } = await socketOf(engine)
    const { Agent } = await import('node:http')
    const zipping = createClient({
      url: 'http://localhost',
      http_agent: new Agent({ keepAlive: true, ...{ socketPath } }),
      compression: { request: true, response: true },
    })
    await zipping.insert({
      table: 'zipped',
      values: AWKWARD.map((value) => ({ value })),
      format: 'JSONEachRow',
    })
    const result = await zipping.query({ query: 'SELECT value FROM zipped', format: 'JSONEachRow' })
    expect(result.response_headers['content-encoding']).toBe('gzip')
    expect((await result.json<{ value: string }>()).map((row) => row.value)).toEqual(AWKWARD)
    await zipping.close()
  })

  test('a large answer is streamed and the process stays small', async () => {
    const result = await client.query({
      query: "SELECT number AS n, repeat('x', 100) AS text FROM numbers(3000000)",
      format: 'JSONEachRow',
    })
    let rows = 0
    let last = 0
    for await (const part of result.stream<{ n: number; text: string }>()) {
      rows += part.length
      last = part.at(-1)?.json().n ?? last
    }
    expect([rows, last]).toEqual([3_000_000, 2_999_999])
    expect(await residentBytes(engine.pid)).toBeLessThan(700e6)
  })

  test('a long parameter and a JSON document', async () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => index)
    const result = await client.query({
      query: 'SELECT count() AS n FROM numbers(30000) WHERE number IN {ids:Array(UInt64)}',
      query_params: { ids },
      format: 'JSON',
    })
    expect((await result.json<{ n: number }>()).data).toEqual([{ n: 20_000 }])
  })
})

test('a server is reached by its address in the same way', async () => {
  const { socketPath } = await socketOf(engine)
  const proxy = createServer((socket) => socket.pipe(connect(socketPath)).pipe(socket))
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve))
  const { port } = proxy.address() as AddressInfo
  const server = connectClickHouse(`http://affluent:secret@127.0.0.1:${port}/system`)
  expect([await server.ping(), server.pid]).toEqual([true, undefined])
  const result = await server.client.query({
    query: 'SELECT currentDatabase() AS name',
    format: 'JSONEachRow',
  })
  expect(await result.json()).toEqual([{ name: 'system' }])
  await server.stop()
  await new Promise((resolve) => proxy.close(resolve))
  expect(await connectClickHouse(`http://127.0.0.1:${port}`).ping()).toBe(false)
})

describe('errors', () => {
  test('a syntax error has its code and text', async () => {
    const failure = client.query({ query: 'SELEC 1' })
    await expect(failure).rejects.toBeInstanceOf(ClickHouseError)
    await expect(failure).rejects.toMatchObject({ code: '62', type: 'SYNTAX_ERROR', message: /Syntax error/ })
  })

  test('an unknown table, setting, or missing parameter', async () => {
    await expect(client.query({ query: 'SELECT * FROM nowhere' })).rejects.toMatchObject({ code: '60' })
    await expect(
      client.query({ query: 'SELECT 1', clickhouse_settings: { nonsense: '1' } as never }),
    ).rejects.toMatchObject({ code: '115' })
    await expect(client.query({ query: 'SELECT {x:String}' })).rejects.toMatchObject({ code: '456' })
  })

  test('a second statement is refused', async () => {
    await expect(client.command({ query: 'SYSTEM FLUSH LOGS; SELECT 1' })).rejects.toMatchObject({
      code: '62',
    })
  })

  test('rows are never run as statements', async () => {
    await client.command({ query: 'CREATE TABLE safe (value String) ENGINE = MergeTree ORDER BY value' })
    const rows = 'one\n\nDROP TABLE safe\n'
    for (const query of [
      'INSERT INTO safe FORMAT TSV',
      'INSERT INTO safe SETTINGS max_threads = 1 FORMAT TSV',
    ]) {
      await client.exec({ query, values: Readable.from([rows]) })
      await client.command({ query: `${query}\n${rows}` })
    }
    expect(await count('safe')).toBe(12)
    const odd = "INSERT INTO safe SETTINGS log_comment = ';' FORMAT TSV"
    await expect(client.exec({ query: odd, values: Readable.from([rows]) })).rejects.toMatchObject({
      code: '48',
    })
    await expect(client.command({ query: `${odd}\n${rows}` })).rejects.toMatchObject({ code: '62' })
    expect(await count('safe')).toBe(12)
  })

  test('a statement one byte too long is refused with an answer', async () => {
    const query = (length: number) =>
      client.command({
        query: 'SELECT 1 --'.padEnd(length, 'x'),
        clickhouse_settings: { max_query_size: '16777216' },
      })
    await query(8 * 1024 ** 2)
    await expect(query(8 * 1024 ** 2 + 1)).rejects.toMatchObject({ code: '396' })
  })

  test('an answer held in memory is bounded', async () => {
    const query = 'SELECT repeat(toString(number % 10), 1000) AS text FROM numbers(300000) FORMAT JSON'
    await expect(client.exec({ query })).rejects.toMatchObject({ code: '396' })
  })

  test('a query over its memory fails cleanly and the child lives', async () => {
    const pid = engine.pid
    const query = client.query({
      query: 'SELECT groupArray(repeat(toString(number), 20)) AS all FROM numbers(200000000)',
      format: 'JSON',
    })
    await expect(query).rejects.toMatchObject({ code: '241', type: 'MEMORY_LIMIT_EXCEEDED' })
    expect(await read('SELECT 1 AS one')).toEqual([{ one: 1 }])
    expect(engine.pid).toBe(pid)
  })

  test('an error after the first rows fails the read', async () => {
    const result = await client.query({
      query: "SELECT throwIf(number = 5000000, 'too far') AS n FROM numbers(10000000)",
      format: 'JSONEachRow',
    })
    await expect(result.json()).rejects.toThrow()
  })

  test('a bad row stores nothing', async () => {
    await client.command({ query: 'CREATE TABLE strict (id UInt32) ENGINE = MergeTree ORDER BY id' })
    const values = Readable.from(['{"id":1}\n{"id":"x"}\n'])
    await expect(
      client.exec({ query: 'INSERT INTO strict FORMAT JSONEachRow', values }),
    ).rejects.toBeInstanceOf(ClickHouseError)
    expect(await count('strict')).toBe(0)
  })
})

describe('many at once', () => {
  const slow = 'SELECT count() AS n FROM numbers(2000000000) WHERE cityHash64(number) = 1'

  test('long selects do not hold up an insert', async () => {
    await client.command({ query: 'CREATE TABLE beside (id UInt32) ENGINE = MergeTree ORDER BY id' })
    const stops = new AbortController()
    setMaxListeners(0, stops.signal)
    const selects = Array.from({ length: 6 }, () =>
      client.query({ query: slow, format: 'JSONEachRow', abort_signal: stops.signal }).catch(() => 'stopped'),
    )
    await pause(300)
    const started = performance.now()
    await client.insert({ table: 'beside', values: [{ id: 1 }], format: 'JSONEachRow' })
    expect(performance.now() - started).toBeLessThan(2000)
    stops.abort()
    expect(await Promise.all(selects)).toEqual(selects.map(() => 'stopped'))
    await untilIdle()
  })

  test('four selects and an insert run together', async () => {
    const query = 'SELECT sum(number) AS n FROM numbers(50000000)'
    const [rows] = await Promise.all([
      Promise.all([1, 2, 3, 4].map(() => read(query))),
      client.insert({ table: 'beside', values: [{ id: 2 }], format: 'JSONEachRow' }),
    ])
    expect(rows).toEqual([1, 2, 3, 4].map(() => [{ n: 1249999975000000 }]))
  })

  test('too many waiting queries get an error with its code', async () => {
    const stops = new AbortController()
    setMaxListeners(0, stops.signal)
    const ended = Array.from({ length: 90 }, () =>
      client
        .query({ query: slow, format: 'JSONEachRow', abort_signal: stops.signal })
        .catch((error: unknown) => (error instanceof ClickHouseError ? error.code : 'stopped')),
    )
    const refused = await Promise.race(ended)
    expect(refused).toBe('202')
    stops.abort()
    await Promise.all(ended)
    await untilIdle()
  })

  /** A query whose client has gone is killed and gives its slot back. */
  async function untilIdle(): Promise<void> {
    for (let tries = 0; tries < 50; tries += 1) {
      // as long as all places are taken, asking is refused too
      const rows = await read<{ n: number }>('SELECT count() AS n FROM system.processes').catch(() => [])
      if (rows[0]?.n === 1) return
      await pause(100)
    }
    throw new Error('an abandoned query still runs')
  }
})

describe('kill -9 of the child', () => {
  const block = (from: number) => Array.from({ length: 2000 }, (_, index) => ({ id: from + index }))

  test('it comes back, and keeps what it acknowledged, once', async () => {
    await client.command({
      query:
        'CREATE TABLE kept (id UInt64) ENGINE = MergeTree ORDER BY id SETTINGS non_replicated_deduplication_window = 1000',
    })
    for (let round = 0; round < 3; round += 1) {
      const insert = () =>
        client.insert({
          table: 'kept',
          values: block(round * 2000),
          format: 'JSONEachRow',
          clickhouse_settings: { insert_deduplication_token: `block-${round}` },
        })
      await untilUp(insert)
      await killChild()
      await untilUp(insert)
      await untilUp(insert)
    }
    expect(await read('SELECT count() AS n, uniqExact(id) AS ids FROM kept')).toEqual([
      { n: 6000, ids: 6000 },
    ])
    expect(lines.some((line) => line.msg === 'ClickHouse ended')).toBe(true)
  })

  test('what runs then fails with an error', async () => {
    const query = client.query({
      query: 'SELECT count() FROM numbers(100000000000) WHERE cityHash64(number) = 1',
    })
    const outcome = expect(query).rejects.toThrow()
    await pause(200)
    await killChild()
    await outcome
    await untilUp(() => read('SELECT 1'))
  })
})

describe('settings', () => {
  test('parts are synced and queries not logged', async () => {
    const rows = await read<{ name: string; value: string }>(
      `SELECT name, value FROM system.merge_tree_settings
       WHERE name IN ('fsync_after_insert', 'fsync_part_directory') ORDER BY name`,
    )
    expect(rows.map((row) => row.value)).toEqual(['1', '1'])
    expect(
      await read("SELECT name FROM system.tables WHERE database = 'system' AND name LIKE '%\\_log'"),
    ).toEqual([])
  })

  test('log lines hold no query text', () => {
    expect(JSON.stringify(lines)).not.toMatch(/SELECT|numbers|DROP/i)
  })
})

describe('the life of the child', () => {
  test('it ends with a parent that was killed, and the next one waits for it', async () => {
    const dataDir = join(root, 'orphan')
    const program = fileURLToPath(
      new URL('../../../../dist/platform/engines/clickhouse/start-clickhouse.js', import.meta.url),
    )
    const code = `const { startClickHouse } = await import(${JSON.stringify(program)})
      const engine = await startClickHouse({ dataDir: ${JSON.stringify(dataDir)}, log: () => {} })
      void engine.client.query({ query: 'SELECT count() FROM numbers(100000000000) WHERE cityHash64(number) = 1' }).catch(() => {})
      setTimeout(() => console.log(engine.pid), 200)`
    const parent = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    const [pid] = await new Promise<string[]>((resolve) =>
      parent.stdout.on('data', (data: Buffer) => resolve(data.toString().trim().split('\n'))),
    )
    parent.kill('SIGKILL')
    const heir = await startClickHouse({ dataDir, log: () => {} })
    expect(await heir.ping()).toBe(true)
    expect(await isAlive(Number(pid))).toBe(false)
    await heir.stop()
    expect(heir.pid).toBeUndefined()
  })

  test('a child that dies five times within a minute is given up', async () => {
    const other = await startClickHouse({ dataDir: join(root, 'dying'), log: () => {} })
    let over = false
    void other.exited.then(() => {
      over = true
    })
    while (!over) {
      if (other.pid !== undefined && (await other.ping())) process.kill(other.pid, 'SIGKILL')
      await pause(20)
    }
    expect(await other.exited).toMatch(/^ClickHouse ended 5 times within a minute/)
    await other.stop()
  })
})

function encodeRow(format: string, id: number, value: string): string {
  if (format === 'JSONEachRow') return `${JSON.stringify({ id, value })}\n`
  if (format === 'JSONCompactEachRow') return `${JSON.stringify([id, value])}\n`
  if (format === 'CSV') return `${id},"${value.replaceAll('"', '""')}"\n`
  const escapes: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r', '\0': '\\0' }
  return `${id}\t${value.replace(/[\\\t\n\r\0]/g, (char) => escapes[char] ?? char)}\n`
}

async function socketOf(running: ClickHouseEngine): Promise<{ socketPath: string }> {
  const args = (await readFile(`/proc/${running.pid}/cmdline`, 'utf8')).split('\0')
  return { socketPath: args.find((arg) => arg.endsWith('/s')) ?? '' }
}

async function residentBytes(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) * 1024
}

/** A zombie, which only waits for its new parent to look, is dead. */
async function isAlive(pid: number): Promise<boolean> {
  const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ') Z')
  return !/\) [ZX]/.test(state)
}
