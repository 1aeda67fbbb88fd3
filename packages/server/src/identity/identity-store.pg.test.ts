import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { inTransaction } from '../platform/database/connect.ts'
import { startTestServer, type TestServer } from '../testing/test-server.ts'
import { findFragments, findIdentifiers, updateFewFragments } from './identity-store.ts'

// more often than PostgreSQL plans anew before it keeps one plan
const TIMES = 8
const ROWS = [0, 1, 3, 20] as const

let server: TestServer
beforeAll(async () => {
  server = await startTestServer()
})
afterAll(() => server.stop())

const userIds = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => keyIdentifier('user_id', `u${from + index}`))

test.each(ROWS)(
  'what was planned while there were %i people reads rows by key when there are millions',
  async (rows) => {
    await inTransaction(server.database, async (client) => {
      await client.query('truncate identifier, fragment')
      await client.query(
        `insert into identifier (workspace_id, id, namespace, value, owner) select 1, n, 'user_id', 'u' || n, n from generate_series(1, ${rows}) n`,
      )
      await client.query(
        `insert into fragment (workspace_id, id, profile, state) select 1, n, n, '{}' from generate_series(1, ${rows}) n`,
      )
      await client.query('analyze identifier, fragment')
      for (let times = 0; times < TIMES; times++) {
        await findIdentifiers(client, 1, userIds(0, 500))
        await findFragments(client, 1, [1, 2, 3])
      }
      const plan = async (statement: string) => {
        const { rows: lines } = await client.query<{ 'QUERY PLAN': string }>(`explain execute ${statement}`)
        return lines.map((line) => line['QUERY PLAN']).join('\n')
      }
      const identifiers = await plan(`find_identifiers(1, '{user_id}', '{u1}')`)
      expect(identifiers).toContain('identifier_by_value')
      expect(identifiers).not.toMatch(/Materialize|Seq Scan|identifier_pkey/)
      expect(await plan(`find_fragments(1, '{1}')`)).not.toMatch(/Materialize|Seq Scan/)
    })
  },
)

test('the first people of a workspace are read and written by key beside a large workspace that is all PostgreSQL knows of', async () => {
  await inTransaction(server.database, async (client) => {
    await client.query('truncate identifier, fragment')
    await client.query(
      "insert into identifier (workspace_id, id, namespace, value, owner) select 2, n, 'user_id', 'u' || n, n from generate_series(1, 20000) n",
    )
    await client.query(
      "insert into fragment (workspace_id, id, profile, state) select 2, n, n, '{}' from generate_series(1, 20000) n",
    )
    await client.query('analyze identifier, fragment')
    const plan = async (text: string, values: readonly unknown[]) => {
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain ${text}`, [...values])
      return rows.map((row) => row['QUERY PLAN']).join('\n')
    }
    const asked: { text: string; values: readonly unknown[] }[] = []
    const spy: Parameters<typeof findIdentifiers>[0] = {
      query: ((statement: (typeof asked)[number]) => {
        asked.push(statement)
        return Promise.resolve({ rows: [] })
      }) as never,
    }
    await findIdentifiers(spy, 1, userIds(0, 500))
    await findFragments(spy, 1, [1, 2, 3])
    const few = updateFewFragments(1, [{ id: 1, profile: 1, state: '{}' }])
    if (few.kind !== 'query') throw new Error('An update is a query.')
    asked.push({ text: few.text, values: few.values })
    for (const { text, values } of asked) {
      const lines = await plan(text, values)
      // whoever is looked for leads; else every row of the workspace is compared with every key
      expect(lines).toMatch(/Index Cond: \(\(workspace_id = 1\) AND \((namespace|id) = /)
      expect(lines).not.toMatch(/Seq Scan|Join Filter/)
    }
  })
})
