import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { exactSum, scaled } from '@affluent/core/condition/exact-sum'
import { scaledSql } from '@affluent/core/condition/sql/scaled-sql'
import { SUM_VALUE_END } from '@affluent/protocol/limits'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { RowWriter } from '../platform/clickhouse/row-writer.ts'
import { type ClickHouseEngine, startClickHouse } from '../platform/engines/clickhouse/start-clickhouse.ts'

const AWKWARD = [
  0,
  -0,
  0.1,
  0.2,
  0.3,
  -0.1,
  19.99,
  -19.99,
  1.005,
  0.00005,
  -0.00005,
  1e-9,
  -1e-9,
  5e-10,
  -5e-10,
  4.9e-10,
  5e-324,
  0.1 + 0.2,
  1 / 3,
  -1 / 3,
  2 ** 31,
  2 ** 53,
  2 ** 53 - 1,
  2 ** 49 + 0.5,
  922337203.6854775,
  9223372036.854776,
  922337203685477.5,
  922337203685477.6,
  922337203685477.8,
  -922337203685477.8,
  999999999999999.9,
  -999999999999999.9,
  123456789012345.67,
  0.000099999,
  1e14 + 0.015625,
]

const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.double({ min: -SUM_VALUE_END, max: SUM_VALUE_END, noNaN: true }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  // money, and money that was computed
  fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((cents) => cents / 100),
  fc.integer({ min: -1_000_000_000, max: 1_000_000_000 }).map((cents) => cents * 0.01),
  fc
    .tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 12 }))
    .map(([digits, places]) => digits / 10 ** places),
  // just beside a half, where rounding turns
  fc
    .tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.integer({ min: -2, max: 2 }))
    .map(([whole, steps]) => (whole + 0.5) / 1e9 + steps * 2 ** -53),
  fc.constantFrom(...AWKWARD),
)

let root: string
let engine: ClickHouseEngine

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'affluent-test-'))
  engine = await startClickHouse({ dataDir: join(root, 'clickhouse'), log: () => {} })
})
afterAll(async () => {
  await engine?.stop()
  await rm(root, { recursive: true, force: true })
})
beforeEach(async () => {
  await engine.client.command({
    query: 'create or replace table number (at UInt32, x Float64) engine = Memory',
  })
})

async function keep(numbers: readonly number[]): Promise<void> {
  const rows = new RowWriter()
  for (const [at, value] of numbers.entries()) {
    rows.uint32(at)
    rows.float64(value)
  }
  const { stream } = await engine.client.exec({
    query: 'insert into number (at, x) format RowBinary',
    values: Readable.from([rows.finish()], { objectMode: false }),
  })
  for await (const _ of stream) continue
}

async function ask<Row>(query: string, compiled: boolean): Promise<Row[]> {
  const result = await engine.client.query({
    query,
    format: 'JSONEachRow',
    clickhouse_settings: { compile_expressions: compiled ? 1 : 0, min_count_to_compile_expression: '0' },
  })
  return result.json<Row>()
}

test.each([false, true])(
  'numbers become the same whole count of billionths in ClickHouse (expressions compiled: %s) and in JavaScript',
  async (compiled) => {
    const seed = Number(process.env['FAST_CHECK_SEED'] ?? 1)
    const numbers = [...AWKWARD, ...fc.sample(number, { numRuns: 10_000, seed })].filter(
      (value) => scaled(value) !== undefined,
    )
    await keep(numbers)
    const rows = await ask<{ billionths: string }>(
      `select toString(${scaledSql('x')}) as billionths from number order by at`,
      compiled,
    )
    const wrong = numbers.flatMap((value, at) => {
      const found = rows[at]?.billionths
      return found === String(scaled(value)) ? [] : [{ value, found, expected: String(scaled(value)) }]
    })
    expect(wrong).toEqual([])
    expect(numbers.length).toBeGreaterThan(7_000)
    const [total] = await ask<{ sum: string }>(
      `select toString(sum(${scaledSql('x')})) as sum from number`,
      compiled,
    )
    expect(total?.sum).toBe(String(exactSum(numbers).sum))
  },
)

test('a hundred tenths are ten, and what is too large is not summed', async () => {
  await keep([...Array.from({ length: 100 }, () => 0.1), SUM_VALUE_END, -SUM_VALUE_END, 1e300])
  const [row] = await ask<{ sum: string }>(
    `select toString(sumIf(${scaledSql('x')}, abs(x) < ${SUM_VALUE_END})) as sum from number`,
    false,
  )
  expect(row?.sum).toBe('10000000000')
})
