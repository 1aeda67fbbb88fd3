import type { Counters } from '@affluent/core/identity/identity-graph'
import type { Client, Reader } from '../platform/database/connect.ts'
import type { Statement } from '../platform/database/statement.ts'

/** How far a workspace's events are: taken, processed, and in ClickHouse; positions of the log. */
export interface Cursors {
  readonly head: number
  readonly processed: number
  readonly loaded: number
}

/** Where the processor of a workspace stands: what is committed, and the numbers that come next. */
export interface ProcessorCursor {
  readonly position: number
  /** the workspace's time, milliseconds since the epoch */
  readonly clock: number
  readonly counters: Counters
  /** number of the next delivery */
  readonly nextDelivery: number
}

/** Running counts of events since the workspace was made. */
export interface EventCounts {
  readonly accepted: number
  readonly refused: number
  readonly processed: number
  readonly loaded: number
  readonly duplicates: number
  readonly filtered: number
  readonly quarantined: number
  readonly erased: number
}

/** Without these rows nothing more of a workspace is taken, processed or loaded, in whatever process. */
export const CURSOR_TABLES = ['log_head', 'processor', 'load_cursor']

/** SQL that is true while a process holds a workspace; takes the placeholders of the workspace and of the epoch. */
export function isHeldSql(workspace: string, epoch: string): string {
  return `exists (select 1 from processor where workspace_id = ${workspace} and epoch = ${epoch})`
}

/** SQL of the last position that is taken; takes the placeholder of the workspace. */
export function headSql(workspace: string): string {
  return `(select position from log_head where workspace_id = ${workspace})`
}

/** Makes the log and the cursors of a new workspace. */
export async function createCursors(client: Client, workspace: number): Promise<void> {
  for (const table of CURSOR_TABLES)
    await client.query(`insert into ${table} (workspace_id) values ($1)`, [workspace])
}

/** @returns all 0 when there is no such workspace */
export async function readCursors(database: Reader, workspace: number): Promise<Cursors> {
  const { rows } = await database.query<Cursors>({
    name: 'cursors',
    text: `select h.position as head, w.position as processed, c.position as loaded
           from log_head h join processor w using (workspace_id) join load_cursor c using (workspace_id) where workspace_id = $1`,
    values: [workspace],
  })
  return rows[0] ?? { head: 0, processed: 0, loaded: 0 }
}

/** How far a workspace is, and the generation of its settings: it grows with each command that changes them. */
export async function readGeneration(
  database: Reader,
  workspace: number,
): Promise<Pick<Cursors, 'processed' | 'loaded'> & { readonly generation: number }> {
  const { rows } = await database.query<{ processed: number; loaded: number; generation: number }>({
    name: 'generation',
    text: `select w.position as processed, w.generation, c.position as loaded
           from processor w join load_cursor c using (workspace_id) where workspace_id = $1`,
    values: [workspace],
  })
  const row = rows[0]
  if (row === undefined) throw new Error(`Workspace ${workspace} has no cursors.`)
  return row
}

/** @throws Error when there is no such workspace */
export async function readEventCounts(database: Reader, workspace: number): Promise<EventCounts> {
  const { rows } = await database.query<EventCounts>({
    name: 'event_counts',
    text: `select h.accepted, h.refused, w.processed, c.loaded, w.duplicates, w.filtered, w.quarantined, w.erased
           from log_head h join processor w using (workspace_id) join load_cursor c using (workspace_id) where workspace_id = $1`,
    values: [workspace],
  })
  const row = rows[0]
  if (row === undefined) throw new Error(`Workspace ${workspace} has no cursors.`)
  return row
}

/** Number of the fragment that was made last. */
export async function readLastFragment(database: Reader, workspace: number): Promise<number> {
  const { rows } = await database.query<{ last: number }>({
    name: 'last_fragment',
    text: 'select next_fragment - 1 as last from processor where workspace_id = $1',
    values: [workspace],
  })
  return rows[0]?.last ?? 0
}

/** The workspace's time as it is committed, milliseconds since the epoch. */
export async function readClock(database: Reader, workspace: number): Promise<number> {
  const { rows } = await database.query<{ clock: number }>({
    name: 'clock',
    text: 'select clock from processor where workspace_id = $1',
    values: [workspace],
  })
  return rows[0]?.clock ?? 0
}

/**
 * The processor's cursor as it is committed.
 * @returns undefined when another process holds the workspace
 */
export async function readProcessorCursor(
  database: Reader,
  workspace: number,
  epoch: number,
): Promise<ProcessorCursor | undefined> {
  const { rows } = await database.query<CursorRow>(
    `select ${CURSOR_COLUMNS} from processor where workspace_id = $1 and epoch = $2`,
    [workspace, epoch],
  )
  return rows[0] === undefined ? undefined : toProcessorCursor(rows[0])
}

/** The columns of a row of the processor's cursor. */
export const CURSOR_COLUMNS =
  'position, clock, next_fragment as fragment, next_identifier as identifier, next_ledger as ledger, next_delivery as "nextDelivery"'

/** A row of `CURSOR_COLUMNS`. */
export interface CursorRow {
  readonly position: number
  readonly clock: number
  readonly fragment: number
  readonly identifier: number
  readonly ledger: number
  readonly nextDelivery: number
}

/** A row of `CURSOR_COLUMNS` as the processor has it. */
export function toProcessorCursor(row: CursorRow): ProcessorCursor {
  const { position, clock, fragment, identifier, ledger, nextDelivery } = row
  return { position, clock, counters: { fragment, identifier, ledger }, nextDelivery }
}

/** How far the processor comes with a decision. */
export interface CursorMove {
  readonly first: number
  readonly last: number
  readonly clock: number
  readonly counters: Counters
  /** how many events the cursor passes, and how they ended */
  readonly counted: Pick<EventCounts, 'processed' | 'duplicates' | 'quarantined'>
  /** whether rules, audiences or connections are others from now on */
  readonly changesSettings: boolean
}

/**
 * Moves the processor's cursor, in the transaction of what was decided: it fails when another process holds the
 * workspace.
 */
export function moveCursor(workspace: number, epoch: number, move: CursorMove): Statement {
  const { first, last, counters, counted, clock, changesSettings } = move
  return {
    kind: 'query',
    name: 'move_cursor',
    text: `update processor set position = $4, next_fragment = $5, next_identifier = $6, next_ledger = $7,
             processed = processed + $8, duplicates = duplicates + $9, quarantined = quarantined + $10, clock = $11, generation = generation + $12
           where workspace_id = $1 and position = $2 and epoch = $3`,
    values: [
      workspace,
      first - 1,
      epoch,
      last,
      counters.fragment,
      counters.identifier,
      counters.ledger,
      counted.processed,
      counted.duplicates,
      counted.quarantined,
      clock,
      changesSettings ? 1 : 0,
    ],
    mustChange: true,
  }
}

/** The number of the next delivery, in the transaction of the deliveries before it. */
export function describeNextDelivery(workspace: number, nextDelivery: number): Statement {
  return {
    kind: 'query',
    name: 'next_delivery',
    text: 'update processor set next_delivery = $2 where workspace_id = $1',
    values: [workspace, nextDelivery],
  }
}
