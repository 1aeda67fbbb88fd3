import type { WebhookSecrets, WebhookSettings } from '@affluent/connectors/destinations/webhook/webhook'
import type { Client, Database } from '../database/connect.ts'
import type { SecretBox } from './secret-box.ts'

/** A destination as it is kept. */
export interface DestinationRow {
  readonly id: number
  readonly workspace: number
  readonly kind: string
  readonly name: string
  readonly settings: WebhookSettings
  /** sealed */
  readonly secrets: Buffer
  readonly enabled: boolean
  readonly stoppedBecause: string | null
  readonly createdAt: Date
  readonly changedAt: Date
}

const COLUMNS = `id, workspace_id as workspace, kind, name, settings, secrets, enabled, stopped_because as "stoppedBecause",
  created_at as "createdAt", changed_at as "changedAt"`

/** The destinations of a workspace, oldest first. */
export async function readDestinations(
  database: Pick<Database, 'query'>,
  workspace: number,
): Promise<DestinationRow[]> {
  const { rows } = await database.query<DestinationRow>({
    name: 'destinations',
    text: `select ${COLUMNS} from destination where workspace_id = $1 order by id`,
    values: [workspace],
  })
  return rows
}

/** What a member says of a destination. */
export interface NewDestination {
  readonly workspace: number
  readonly kind: string
  readonly name: string
  readonly settings: WebhookSettings
  readonly secrets: WebhookSecrets
}

/** @returns its number */
export async function insertDestination(
  client: Client,
  { workspace, kind, name, settings, secrets }: NewDestination,
  box: SecretBox,
): Promise<number> {
  const sealed = box.seal(secrets, ownerOf(workspace))
  const { rows } = await client.query<{ id: number }>(
    'insert into destination (workspace_id, kind, name, settings, secrets) values ($1, $2, $3, $4, $5) returning id',
    [workspace, kind, name, JSON.stringify(settings), sealed],
  )
  const { id } = rows[0] as { id: number }
  for (const table of ['delivery_queue', 'delivery_owed'])
    await client.query(`insert into ${table} (destination_id, workspace_id) values ($1, $2)`, [id, workspace])
  return id
}

/** Takes a destination away; what it is still owed is cancelled, and counted as that. Its deliveries stay in the log for as long as others. */
export async function deleteDestination(
  client: Client,
  { id, workspace }: Pick<DestinationRow, 'id' | 'workspace'>,
  now: number,
): Promise<void> {
  // whoever is just writing down what came of some of them has ended before
  await client.query('select 1 from delivery_queue where destination_id = $1 for update', [id])
  const { rowCount } = await client.query(
    `insert into delivery_end (workspace_id, destination_id, day, number, status, reason, ended_at)
     select d.workspace_id, d.destination_id, d.day, d.number, 'cancelled', 'destination_deleted', $3
     from delivery d join delivery_queue q on q.destination_id = d.destination_id
     where d.workspace_id = $1 and d.destination_id = $2
       and (d.number > q.done_to or d.number in (select number from delivery_wait where destination_id = $2))
       and not exists (select 1 from delivery_end e where e.workspace_id = d.workspace_id and e.number = d.number and e.day = d.day)`,
    [workspace, id, new Date(now)],
  )
  await client.query('delete from delivery_wait where destination_id = $1', [id])
  await client.query('update delivery_queue set cancelled = cancelled + $2 where destination_id = $1', [
    id,
    rowCount,
  ])
  await client.query('delete from destination where id = $1', [id])
}

/** @throws Error when they were sealed with another key */
export function openSecrets({ workspace, secrets }: DestinationRow, box: SecretBox): WebhookSecrets {
  return box.open(secrets, ownerOf(workspace)) as WebhookSecrets
}

/** To whom sealed secrets of a workspace belong. */
export function ownerOf(workspace: number): string {
  return `destination of workspace ${workspace}`
}
