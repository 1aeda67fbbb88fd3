import { REMOVAL_ROWS_MAX } from '@affluent/protocol/limits'
import { CURSOR_TABLES } from '../log/cursors.ts'
import type { Database } from '../platform/database/connect.ts'

const UNDEFINED_TABLE = '42P01'

/**
 * Removes what PostgreSQL has of a workspace, in bounded parts: the rows of every table that has a `workspace_id`, then
 * the workspace itself. What was interrupted is begun anew and finds less.
 * @param signal ends it between two parts
 */
export async function removeWorkspaceRows(
  database: Database,
  workspace: number,
  signal: AbortSignal,
): Promise<void> {
  for (const table of [...CURSOR_TABLES, ...(await tablesOfWorkspaces(database))])
    for (const leaf of await leavesOf(database, table)) await emptyLeaf(database, leaf, workspace, signal)
}

/**
 * Tables with a column `workspace_id`, those first that refer to others. A partitioned table stands for its partitions.
 * Tables that cascade go with the workspace itself: its members see until then that it is being removed.
 */
async function tablesOfWorkspaces(database: Database): Promise<string[]> {
  const { rows: tables } = await database.query<{ name: string }>(
    `select c.oid::regclass::text as name from pg_class c
       join pg_attribute a on a.attrelid = c.oid and a.attname = 'workspace_id' and not a.attisdropped
     where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
       and not exists (select from pg_constraint f where f.conrelid = c.oid and f.contype = 'f' and f.confdeltype = 'c'
         and f.confrelid = 'workspace'::regclass)
     order by name`,
  )
  const { rows: references } = await database.query<{ from: string; to: string }>(
    `select conrelid::regclass::text as "from", confrelid::regclass::text as "to" from pg_constraint
     where contype = 'f' and conrelid <> confrelid`,
  )
  const ordered: string[] = []
  let waiting = tables.map(({ name }) => name)
  while (waiting.length > 0) {
    const isReferred = (name: string) =>
      references.some(({ from, to }) => to === name && waiting.includes(from))
    const free = waiting.filter((name) => !isReferred(name))
    // two that refer to each other: the order is as good as any
    const next = free.length > 0 ? free : waiting
    ordered.push(...next)
    waiting = waiting.filter((name) => !next.includes(name))
  }
  return ordered
}

async function leavesOf(database: Database, table: string): Promise<string[]> {
  const { rows } = await database.query<{ name: string; isLeaf: boolean }>(
    'select relid::regclass::text as name, isleaf as "isLeaf" from pg_partition_tree($1::regclass)',
    [table],
  )
  // a table without partitions is no tree
  return rows.length === 0 ? [table] : rows.filter(({ isLeaf }) => isLeaf).map(({ name }) => name)
}

async function emptyLeaf(
  database: Database,
  leaf: string,
  workspace: number,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted()
    try {
      const { rowCount } = await database.query(
        `delete from ${leaf} where ctid = any(array(select ctid from ${leaf} where workspace_id = $1 limit $2))`,
        [workspace, REMOVAL_ROWS_MAX],
      )
      if ((rowCount ?? 0) < REMOVAL_ROWS_MAX) return
    } catch (error) {
      // a partition that was dropped meanwhile is empty enough
      if ((error as { code?: unknown }).code === UNDEFINED_TABLE) return
      throw error
    }
  }
}
