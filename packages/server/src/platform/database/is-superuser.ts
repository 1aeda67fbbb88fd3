import type { Database } from './connect.ts'

/** Whether the role that we work as may do anything, also outside of the database. */
export async function isSuperuser(database: Database): Promise<boolean> {
  const { rows } = await database.query<{ is: boolean }>(
    'select rolsuper as is from pg_roles where rolname = current_user',
  )
  return rows[0]?.is === true
}
