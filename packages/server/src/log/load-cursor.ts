import type { Client, Reader } from '../platform/database/connect.ts'

/** Where the loader of a workspace stands. */
export interface LoadCursor {
  /** everything up to here is in ClickHouse */
  readonly position: number
  /** end of the block that was begun; null: none */
  readonly blockTo: number | null
  readonly epoch: number
}

/** @throws Error when there is no such workspace */
export async function readLoadCursor(database: Reader, workspace: number): Promise<LoadCursor> {
  const { rows } = await database.query<LoadCursor>(
    'select position, block_to as "blockTo", erasure_epoch as epoch from load_cursor where workspace_id = $1',
    [workspace],
  )
  const row = rows[0]
  if (row === undefined) throw new Error(`Workspace ${workspace} has no load cursor.`)
  return row
}

/**
 * Fixes the end of a block before anything of it is inserted; of two processes only one gets to say it.
 * @throws Error when another process has begun a block
 */
export async function beginBlock(
  database: Reader,
  workspace: number,
  { from, to }: { readonly from: number; readonly to: number },
): Promise<void> {
  const { rowCount } = await database.query(
    'update load_cursor set block_to = $3 where workspace_id = $1 and position = $2 and block_to is null',
    [workspace, from, to],
  )
  if (rowCount !== 1) throw new Error(`Workspace ${workspace} is loaded by another process.`)
}

/**
 * Ends a block: all of it is in ClickHouse.
 * @param events that it stands for
 * @throws Error when another process has ended it
 */
export async function endBlock(
  client: Client,
  workspace: number,
  { from, to, events }: { readonly from: number; readonly to: number; readonly events: number },
): Promise<void> {
  const { rowCount } = await client.query(
    `update load_cursor set position = $3, block_to = null, loaded = loaded + $4
     where workspace_id = $1 and position = $2 and block_to = $3`,
    [workspace, from, to, events],
  )
  if (rowCount !== 1) throw new Error(`Workspace ${workspace} is loaded by another process.`)
}
