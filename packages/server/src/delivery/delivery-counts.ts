import type { Database, Reader } from '../platform/database/connect.ts'

/** Deliveries of a workspace by how they ended, and those that are queued. */
export interface DeliveryCounts {
  readonly queued: number
  readonly delivered: number
  readonly failed: number
  readonly held: number
  readonly cancelled: number
}

const COUNTS = `greatest(0, coalesce(sum(o.enqueued - q.delivered - q.failed - q.held - q.cancelled), 0))::bigint as queued,
  coalesce(sum(q.delivered), 0)::bigint as delivered, coalesce(sum(q.failed), 0)::bigint as failed,
  coalesce(sum(q.held), 0)::bigint as held, coalesce(sum(q.cancelled), 0)::bigint as cancelled`

/** The counts of one workspace. */
export async function countWorkspaceDeliveries(database: Reader, workspace: number): Promise<DeliveryCounts> {
  const { rows } = await database.query<DeliveryCounts>({
    name: 'count_workspace_deliveries',
    text: `select ${COUNTS} from delivery_queue q join delivery_enqueued o using (destination_id) where q.workspace_id = $1`,
    values: [workspace],
  })
  return rows[0] as DeliveryCounts
}

/** The counts of all workspaces together. */
export async function countDeliveries(database: Database): Promise<Readonly<Record<string, number>>> {
  const { rows } = await database.query<Readonly<Record<string, number>>>({
    name: 'count_deliveries',
    text: `select ${COUNTS} from delivery_queue q join delivery_enqueued o using (destination_id)`,
  })
  return rows[0] ?? {}
}
