import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../testing/test-server.ts'
import { BinaryCopy, CELL_BYTES, textCellBytes } from './binary-copy.ts'
import { DatabaseWriter } from './database-writer.ts'

const DAY_MS = 86_400_000

let server: TestServer
let writer: DatabaseWriter

beforeAll(async () => {
  server = await startTestServer()
  const url = await server.databaseUrl()
  writer = new DatabaseWriter(() => ({ url }))
  await server.database.query('create table copied (place int, day date, id uuid, number bigint, said text)')
})

afterAll(async () => {
  await writer.close()
  await server.stop()
})

const row = fc.record({
  place: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  day: fc.integer({ min: 0, max: 60_000 }),
  id: fc.uuid().map((uuid) => uuid.replaceAll('-', '')),
  number: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  said: fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('', '\\N', '\\', 'a\tb\nc', 'é\u2028😀'))
    .map((text) => text.replaceAll('\u0000', '')),
})

test('rows arrive as they were written, whatever stands in them', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (rows) => {
      const { int4, date, uuid, int8 } = CELL_BYTES
      const bytes = rows.reduce((sum, { said }) => sum + int4 + date + uuid + int8 + textCellBytes(said), 0)
      const copy = new BinaryCopy('copied (place, day, id, number, said)', 5, rows.length, bytes)
      for (const { place, day, id, number, said } of rows) {
        copy.row()
        copy.int4(place)
        copy.date(day)
        copy.uuid(id)
        copy.int8(number)
        copy.text(said)
      }
      const query = { kind: 'query', text: 'select 1', values: [] } as const
      await writer.run([{ ...query, text: 'truncate copied' }, copy.finish(), query])
      const found = await server.database.query(
        'select place, day::text, id::text, number, said from copied order by ctid',
      )
      expect(found.rows).toEqual(
        rows.map(({ day, id, ...others }) => ({
          ...others,
          day: new Date(day * DAY_MS).toISOString().slice(0, 10),
          id: id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
        })),
      )
    }),
    { numRuns: 60 },
  )
})

test('says so when the rows are not those that were announced', () => {
  const copy = new BinaryCopy('copied (place)', 1, 2, 2 * CELL_BYTES.int4)
  copy.row()
  copy.int4(1)
  expect(() => copy.finish()).toThrow('A COPY into copied (place) has 31 bytes and not 41.')
})
