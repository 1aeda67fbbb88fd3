import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeState } from '@affluent/core/profile/fragment'
import { connectDatabase, type DatabaseAddress } from '@affluent/server/platform/database/connect'
import { findRunningPostgres } from '@affluent/server/platform/engines/postgres/find-running-postgres'
import { httpCall } from './http-call.ts'

/** Where the two stores of a server are reached, past the server. */
export interface StorePlaces {
  readonly postgres: DatabaseAddress
  readonly clickhouseSocket: string
}

/** What the stores hold of the first workspace. */
export interface Kept {
  /** rows of each messageId in ClickHouse */
  readonly rows: ReadonlyMap<string, number>
  /** rows of each fragment in ClickHouse */
  readonly rowsOfFragment: ReadonlyMap<number, number>
  /** what ClickHouse's map says of fragments that moved */
  readonly mappedProfile: ReadonlyMap<number, number>
  readonly fragments: ReadonlyMap<number, KeptFragment>
  /** fragment by `namespace:value` */
  readonly owners: ReadonlyMap<string, number>
  readonly messageIds: number
  readonly outcomes: ReadonlyMap<string, number>
}

export interface KeptFragment {
  readonly profile: number
  /** events, as the fragment counts them */
  readonly events: number
}

const WORKSPACE = 1

/** Finds the stores that a running server has embedded. */
export async function findStores(dataDir: string): Promise<StorePlaces> {
  const postgres = await findRunningPostgres(dataDir)
  if (postgres === undefined) throw new Error('PostgreSQL does not run.')
  const folder = await readFile(join(dataDir, 'clickhouse', 'socket-folder'), 'utf8')
  return {
    postgres,
    clickhouseSocket: join(folder.trim(), 's'),
  }
}

/** Reads both stores, each by its own interface. */
export async function readKept({ postgres, clickhouseSocket }: StorePlaces): Promise<Kept> {
  const rows = await readPairs(clickhouseSocket, 'message_id, count()', 'event', 'message_id')
  const byFragment = await readPairs(clickhouseSocket, 'fragment, count()', 'event', 'fragment')
  const mapped = await readPairs(
    clickhouseSocket,
    'fragment, argMax(profile, position)',
    'profile_map',
    'fragment',
  )
  const database = connectDatabase(
    () => postgres,
    1,
    () => {},
  )
  try {
    const fragments = await database.query<{ id: number; profile: number; state: string }>(
      'select id, profile, state from fragment where workspace_id = $1',
      [WORKSPACE],
    )
    const owners = await database.query<{ name: string; owner: number }>(
      `select namespace || ':' || value as name, owner from identifier where workspace_id = $1`,
      [WORKSPACE],
    )
    const ids = await database.query<{ count: number }>(
      'select count(*) as count from message_id where workspace_id = $1',
      [WORKSPACE],
    )
    const outcomes = await database.query<{ outcome: string; count: number }>(
      'select outcome, count(*) as count from outcome where workspace_id = $1 group by outcome',
      [WORKSPACE],
    )
    return {
      rows,
      rowsOfFragment: numbered(byFragment),
      mappedProfile: numbered(mapped),
      fragments: new Map(
        fragments.rows.map(({ id, profile, state }) => [
          id,
          { profile, events: decodeState(state).identity.events },
        ]),
      ),
      owners: new Map(owners.rows.map(({ name, owner }) => [name, owner])),
      messageIds: ids.rows[0]?.count ?? 0,
      outcomes: new Map(outcomes.rows.map(({ outcome, count }) => [outcome, count])),
    }
  } finally {
    await database.end()
  }
}

async function readPairs(
  socketPath: string,
  columns: string,
  table: string,
  by: string,
): Promise<Map<string, number>> {
  const query = `select ${columns} from ${table} where workspace = ${WORKSPACE} group by ${by} format TabSeparated`
  const { status, body } = await httpCall({
    socketPath,
    method: 'POST',
    path: '/',
    body: query,
    timeoutMs: 60_000,
  })
  if (status !== 200) throw new Error(`ClickHouse refuses to be read: ${body.slice(0, 300)}`)
  const pairs = new Map<string, number>()
  for (const line of body.split('\n')) {
    const [key = '', value = ''] = line.split('\t')
    if (line !== '') pairs.set(key, Number(value))
  }
  return pairs
}

function numbered(pairs: ReadonlyMap<string, number>): Map<number, number> {
  return new Map([...pairs].map(([key, value]) => [Number(key), value]))
}
