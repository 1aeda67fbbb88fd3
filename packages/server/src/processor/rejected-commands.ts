import type { Rejection } from '@affluent/protocol/codes'
import type { Database } from '../platform/database/connect.ts'
import type { Statement } from '../platform/database/statement.ts'

/** A rejection that is saved with the cursor, for the process that gave the command. */
export function describeRejectedCommand(
  workspace: number,
  position: number,
  { code, message, path }: Rejection,
): Statement {
  return {
    kind: 'query',
    text: `insert into rejected_command (workspace_id, position, code, message, path, at)
           values ($1, $2, $3, $4, $5, now())`,
    values: [workspace, position, code, message, path ?? null],
  }
}

/**
 * Why the command at a position changed nothing; undefined when it did what it says. Asked once the position is
 * processed.
 */
export async function findRejection(
  database: Database,
  workspace: number,
  position: number,
): Promise<{ readonly kind: 'void'; readonly reason: Rejection } | undefined> {
  const { rows } = await database.query<{ code: Rejection['code']; message: string; path: string | null }>({
    name: 'rejected_command',
    text: 'select code, message, path from rejected_command where workspace_id = $1 and position = $2',
    values: [workspace, position],
  })
  const [row] = rows
  if (row === undefined) return undefined
  const { code, message, path } = row
  return { kind: 'void', reason: { code, message, ...(path === null ? {} : { path }) } }
}

/** Whoever gave a command asks within seconds. */
export async function dropOldRejections(database: Database): Promise<void> {
  await database.query("delete from rejected_command where at < now() - interval '1 day'")
}
