import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestServer, type TestServer } from '../../../testing/test-server.ts'
import { findRunningPostgres } from './find-running-postgres.ts'

let server: TestServer

beforeAll(async () => {
  server = await startTestServer()
})

afterAll(() => server.stop())

test('the role that Affluent works as runs no program and reads no file of the machine', async () => {
  for (const statement of [
    "copy (select 1) to program 'id'",
    "copy (select 1) to '/tmp/affluent-must-not-be-there'",
    "select pg_read_file('/etc/passwd')",
    'create role another superuser',
    'set session authorization affluent',
  ])
    await expect(server.database.query(statement), statement).rejects.toMatchObject({ code: '42501' })
  const { rows } = await server.database.query('select rolsuper from pg_roles where rolname = current_user')
  expect(rows).toEqual([{ rolsuper: false }])
  expect(server.log.some(({ event }) => event === 'database_role_is_superuser')).toBe(false)
})

test('what an earlier version made as superuser belongs to that role after a start, and all goes on', async () => {
  const position = await server.sendAll([{ type: 'track', event: 'Before', userId: 'u' }])
  const address = await findRunningPostgres(server.dataDir)
  const superuser = new pg.Client({ ...address, user: 'affluent' })
  await superuser.connect()
  await superuser.query(`
    alter database affluent owner to affluent;
    alter table delivery owner to affluent;
    alter table outcome owner to affluent;
    create function old_function() returns int language sql as 'select 1'`)
  await superuser.end()
  await server.halt()
  await server.start()
  const { rows } = await server.database.query(`
    select count(*)::int as foreign_ones from (
      select relowner as owner from pg_class where relnamespace = 'public'::regnamespace
      union all select proowner from pg_proc where pronamespace = 'public'::regnamespace
      union all select datdba from pg_database where datname = current_database()) o
    where owner <> 'affluent_app'::regrole`)
  expect(rows).toEqual([{ foreign_ones: 0 }])
  const next = await server.sendAll([{ type: 'track', event: 'After', userId: 'u' }])
  expect(next).toBeGreaterThan(position)
  await server.settle()
})

test('who gives Affluent a superuser in DATABASE_URL is warned at the start, and told what to do', async () => {
  const url = new URL(await server.databaseUrl())
  url.username = 'affluent'
  const environment = { DATABASE_URL: url.href, AFFLUENT_ROLES: 'api' }
  const beside = await startTestServer({ environment })
  try {
    const { rows } = await beside.database.query('select rolsuper from pg_roles where rolname = current_user')
    expect(rows).toEqual([{ rolsuper: true }])
    expect(beside.log).toContainEqual({
      level: 'warn',
      event: 'database_role_is_superuser',
      fields: { message: expect.stringContaining('docs/operate.md') },
    })
  } finally {
    await beside.stop()
  }
})
