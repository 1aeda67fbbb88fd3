import { Client } from 'pg'
import { APP_ROLE, DATABASE_NAME } from './create-cluster.ts'
import { SOCKET_PORT } from './socket-folder.ts'

const CONNECT_TIMEOUT_MS = 10_000

/**
 * The role that Affluent works as, which owns the database and all that is in it and is no superuser: whoever gets a
 * statement of theirs into PostgreSQL can neither run programs nor read files of the machine. The superuser that the
 * cluster is made with does only this, at each start: so a data directory of an earlier version is given over too.
 */
const GIVE_OVER = `
do $$
declare
  thing record;
begin
  if not exists (select from pg_roles where rolname = '${APP_ROLE}') then
    create role ${APP_ROLE} login nosuperuser nocreatedb nocreaterole noreplication nobypassrls;
  end if;
  if (select datdba <> '${APP_ROLE}'::regrole from pg_database where datname = current_database()) then
    alter database ${DATABASE_NAME} owner to ${APP_ROLE};
    alter schema public owner to ${APP_ROLE};
  end if;
  for thing in
    select c.oid::regclass as name from pg_class c
    where c.relnamespace = 'public'::regnamespace and c.relowner <> '${APP_ROLE}'::regrole and c.relkind in ('r', 'p', 'v', 'm', 'S')
      -- the sequence of a column goes with its table
      and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype in ('a', 'i') and c.relkind = 'S')
  loop
    execute format('alter table %s owner to ${APP_ROLE}', thing.name);
  end loop;
  for thing in
    select p.oid::regprocedure as name from pg_proc p where p.pronamespace = 'public'::regnamespace and p.proowner <> '${APP_ROLE}'::regrole
  loop
    execute format('alter routine %s owner to ${APP_ROLE}', thing.name);
  end loop;
end
$$`

/** Makes the role of the application where it is missing, and gives it what an earlier version made as superuser. */
export async function giveToAppRole(socketFolder: string): Promise<void> {
  const client = new Client({
    ...{ host: socketFolder, port: SOCKET_PORT, user: DATABASE_NAME, database: DATABASE_NAME },
    ...{ ssl: false, connectionTimeoutMillis: CONNECT_TIMEOUT_MS },
  })
  client.on('error', () => {}) // the query below fails and says so
  try {
    await client.connect()
    await client.query(GIVE_OVER)
  } finally {
    await client.end().catch(() => {})
  }
}
