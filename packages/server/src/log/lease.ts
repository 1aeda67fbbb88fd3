import type { Client, Database } from '../platform/database/connect.ts'
import { CURSOR_COLUMNS, type CursorRow, type ProcessorCursor, toProcessorCursor } from './cursors.ts'

const LEASE_CLASS = 4_731
/** A holder that has not renewed for so long, and whose session still lives, has lost the workspace. */
const LEASE_MS = 15_000
export const LEASE_RENEW_MS = 3_000

/** The right to process a workspace: saving works only under the newest epoch. */
export interface ProcessorLease extends ProcessorCursor {
  readonly epoch: number
}

/**
 * Takes a workspace to process it if nobody holds it: the former holder's session is gone (at once after a crash), or
 * it has not renewed.
 * @param session the connection whose end gives it free; the same for all workspaces of a process
 * @param holder who asks, for people
 * @returns undefined while another process holds it
 */
export async function takeLease(
  session: Client,
  workspace: number,
  holder: string,
): Promise<ProcessorLease | undefined> {
  const { rows: locked } = await session.query<{ locked: boolean }>(
    'select pg_try_advisory_lock($1, $2) as locked',
    [LEASE_CLASS, workspace],
  )
  if (locked[0]?.locked !== true) await endStaleHolder(session, workspace)
  const { rows } = await session.query<CursorRow & { epoch: number }>(
    `update processor set epoch = epoch + 1, holder = $2, renewed_at = now()
     where workspace_id = $1 and ($3 or renewed_at is null or renewed_at < now() - $4 * interval '1 millisecond')
     returning epoch, ${CURSOR_COLUMNS}`,
    [workspace, holder, locked[0]?.locked === true, LEASE_MS],
  )
  const row = rows[0]
  return row === undefined ? undefined : { epoch: row.epoch, ...toProcessorCursor(row) }
}

/**
 * Ends the sessions of a process that holds the workspace and has not renewed: it may sleep in the middle of a save,
 * and the locks of that would hold up whoever takes over.
 */
async function endStaleHolder(session: Client, workspace: number): Promise<void> {
  await session.query(
    `select pg_terminate_backend(stale.pid)
     from processor w
       join pg_locks l on l.locktype = 'advisory' and l.classid = $2 and l.objid = w.workspace_id and l.granted
       join pg_stat_activity holder on holder.pid = l.pid and holder.datname = current_database()
       join pg_stat_activity stale on stale.application_name = holder.application_name and stale.datname = holder.datname
     where w.workspace_id = $1 and w.renewed_at < now() - $3 * interval '1 millisecond'`,
    [workspace, LEASE_CLASS, LEASE_MS],
  )
}

/**
 * Says that this process still processes these workspaces. A holder that comes too late only notices at its next save.
 * @param held workspace and epoch of each
 */
export async function renewLeases(database: Database, held: ReadonlyMap<number, number>): Promise<void> {
  if (held.size === 0) return
  await database.query(
    `update processor w set renewed_at = now() from unnest($1::int[], $2::bigint[]) as h (workspace_id, epoch)
     where w.workspace_id = h.workspace_id and w.epoch = h.epoch`,
    [[...held.keys()], [...held.values()]],
  )
}

/** Gives the workspace back. */
export async function returnLease(session: Client, workspace: number, epoch: number): Promise<void> {
  await session.query(
    'update processor set holder = null, renewed_at = null where workspace_id = $1 and epoch = $2',
    [workspace, epoch],
  )
  await session.query('select pg_advisory_unlock($1, $2)', [LEASE_CLASS, workspace])
}
