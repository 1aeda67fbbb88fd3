import type { Refusal } from '@affluent/protocol/codes'
import type { Database } from '../database/connect.ts'
import type { Statement } from '../database/statement.ts'

/** A refusal that is saved with the cursor, for the process that gave the command. */
export function describeRefusedCommand(
  workspace: number,
  position: number,
  { code, message, path }: Refusal,
): Statement {
  return {
    kind: 'query',
    text: `insert into refused_command (workspace_id, position, code, message, path, at)
           values ($1, $2, $3, $4, $5, now())`,
    values: [workspace, position, code, message, path ?? null],
  }
}

/** Why the command at a position changed nothing; undefined when it did what it says. Asked once the position is walked. */
export async function findRefusal(
  database: Database,
  workspace: number,
  position: number,
): Promise<{ readonly kind: 'void'; readonly reason: Refusal } | undefined> {
  const { rows } = await database.query<{ code: Refusal['code']; message: string; path: string | null }>({
    name: 'refused_command',
    text: 'select code, message, path from refused_command where workspace_id = $1 and position = $2',
    values: [workspace, position],
  })
  const [row] = rows
  if (row === undefined) return undefined
  const { code, message, path } = row
  return { kind: 'void', reason: { code, message, ...(path === null ? {} : { path }) } }
}

/** Whoever gave a command asks within seconds. */
export async function dropOldRefusals(database: Database): Promise<void> {
  await database.query("delete from refused_command where at < now() - interval '1 day'")
}
