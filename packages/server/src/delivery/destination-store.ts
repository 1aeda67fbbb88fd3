import {
  maskQuery,
  type WebhookSecrets,
  type WebhookSettings,
} from '@affluent/connectors/destinations/webhook/webhook'
import type { Client, Database } from '../platform/database/connect.ts'
import type { SecretBox } from '../platform/secrets/secret-box.ts'

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
  const { rows } = await client.query<{ id: number }>(
    "insert into destination (workspace_id, kind, name, settings, secrets) values ($1, $2, $3, $4, '') returning id",
    [workspace, kind, name, JSON.stringify(settings)],
  )
  const { id } = rows[0] as { id: number }
  await client.query('update destination set secrets = $2 where id = $1', [
    id,
    sealSecrets({ id, workspace }, secrets, box),
  ])
  for (const table of ['delivery_queue', 'delivery_enqueued'])
    await client.query(`insert into ${table} (destination_id, workspace_id) values ($1, $2)`, [id, workspace])
  return id
}

/**
 * Takes a destination away; what is still queued for it is cancelled, and counted as that. Its deliveries stay in the
 * log for as long as others.
 */
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

/** Seals secrets for one destination: in the row of another they do not open. */
export function sealSecrets(
  destination: Pick<DestinationRow, 'id' | 'workspace'>,
  secrets: WebhookSecrets,
  box: SecretBox,
): Buffer {
  return box.seal(secrets, ownerOf(destination))
}

/** @throws Error when they were sealed with a key that is not here, or for another destination */
export function openSecrets(destination: DestinationRow, box: SecretBox): WebhookSecrets {
  return box.open(destination.secrets, ownerOf(destination)) as WebhookSecrets
}

function ownerOf({ id, workspace }: Pick<DestinationRow, 'id' | 'workspace'>): string {
  return `destination ${id} of workspace ${workspace}`
}

/**
 * Seals everything with the key in force that is not: after a rotation, and what an earlier version sealed for the
 * workspace alone, with the query of the URL in clear.
 * @returns how many were sealed anew, and how many no key opens
 */
export async function sealAnew(
  database: Database,
  box: SecretBox,
): Promise<{ readonly sealed: number; readonly unreadable: number }> {
  const counts = { sealed: 0, unreadable: 0 }
  const { rows } = await database.query<DestinationRow>(`select ${COLUMNS} from destination order by id`)
  for (const row of rows.filter(({ secrets }) => !box.isSealedNow(secrets))) {
    const opened = openOld(row, box)
    if (opened === undefined) {
      counts.unreadable++
      continue
    }
    const url = opened.url ?? row.settings.url
    const secrets = { secret: opened.secret, ...(url.includes('?') ? { url } : {}) }
    await database.query(
      'update destination set secrets = $3, settings = $4 where id = $1 and secrets = $2',
      [row.id, row.secrets, sealSecrets(row, secrets, box), JSON.stringify({ url: maskQuery(url) })],
    )
    counts.sealed++
  }
  return counts
}

function openOld(row: DestinationRow, box: SecretBox): WebhookSecrets | undefined {
  for (const owner of [ownerOf(row), `destination of workspace ${row.workspace}`]) {
    try {
      return box.open(row.secrets, owner) as WebhookSecrets
    } catch {
      // sealed for the other, or with a key that is not here
    }
  }
  return undefined
}
