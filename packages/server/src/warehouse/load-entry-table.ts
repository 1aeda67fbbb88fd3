import type { Client, Reader } from '../platform/database/connect.ts'
import { unpackBytes } from '../platform/database/packed-bytes.ts'
import type { Statement } from '../platform/database/statement.ts'
import type { FactSource } from '../platform/processing/fact-source.ts'
import { encodeLoadEntry, type LoadableDecision } from './load-entry.ts'

/**
 * What waits for the loader, as a statement of the transaction that decides it.
 * @param events that the entry stands for; 0 for a command
 */
export function describeLoadEntry(
  workspace: number,
  decision: LoadableDecision,
  events: number,
  sources: readonly FactSource<unknown>[],
): Statement[] {
  // a parameter of bytes travels as it is; a cell of a COPY would be twice as long
  const body = encodeLoadEntry(decision, sources)
  return [
    {
      kind: 'query',
      name: 'put_load_entry',
      text: `insert into load_entry (workspace_id, first_position, last_position, events, body)
             values ($1, $2, $3, $4, $5)`,
      values: [workspace, decision.first, decision.last, events, body],
      packed: 4,
    },
  ]
}

/** The bytes of what waits for the loader about some positions of the log, both included; oldest first. */
export async function findLoadEntries(
  database: Reader,
  workspace: number,
  span: { readonly from: number; readonly to: number },
): Promise<readonly Buffer[]> {
  const { rows } = await database.query<{ body: Buffer }>({
    name: 'load_entries',
    text: `select body from load_entry where workspace_id = $1 and last_position >= $2 and first_position <= $3 order by last_position`,
    values: [workspace, span.from, span.to],
  })
  return rows.map(({ body }) => unpackBytes(body))
}

/** An entry that waits for the loader. */
export interface WaitingEntry {
  readonly first: number
  readonly last: number
  readonly body: Buffer
}

/**
 * What waits for the loader after a position, oldest first.
 * @param page.to up to which position; undefined: as many as `limit` says
 */
export async function findWaitingEntries(
  database: Reader,
  workspace: number,
  page: { readonly after: number; readonly to: number | undefined; readonly limit: number },
): Promise<readonly WaitingEntry[]> {
  const { rows } = await database.query<WaitingEntry>(
    `select first_position as first, last_position as last, body from load_entry
     where workspace_id = $1 and last_position > $2 and ($3::bigint is null or last_position <= $3)
     order by last_position limit $4`,
    [workspace, page.after, page.to ?? null, page.limit],
  )
  return rows.map((row) => ({ ...row, body: unpackBytes(row.body) }))
}

/**
 * Takes away what is in ClickHouse.
 * @returns how many events it stood for
 */
export async function takeLoaded(client: Client, workspace: number, to: number): Promise<number> {
  const { rows } = await client.query<{ events: number }>(
    `with spent as (delete from load_entry where workspace_id = $1 and last_position <= $2 returning events)
     select coalesce(sum(events), 0)::bigint as events from spent`,
    [workspace, to],
  )
  return rows[0]?.events ?? 0
}
