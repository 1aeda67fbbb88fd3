import { randomBytes } from 'node:crypto'
import type { Client, Reader } from '../database/connect.ts'
import type { Statement } from '../database/statement.ts'
import type { Workspace } from './registry.ts'

/** A workspace that is being made; what is left out is nowhere and no demo. */
export type NewWorkspace = Pick<Workspace, 'slug' | 'name' | 'kind'> &
  Partial<Pick<Workspace, 'isDemo' | 'zone' | 'currency' | 'country'>>

/** Only one process at a time makes workspaces. */
export async function lockWorkspaces(client: Client): Promise<void> {
  await client.query('lock table workspace in share row exclusive mode')
}

/** The slugs of all workspaces. */
export async function listWorkspaceSlugs(database: Reader): Promise<string[]> {
  const { rows } = await database.query<{ slug: string }>('select slug from workspace')
  return rows.map(({ slug }) => slug)
}

/** @returns undefined when there is none */
export async function findWorkspaceBySlug(
  database: Reader,
  slug: string,
): Promise<{ readonly id: number; readonly slug: string } | undefined> {
  const { rows } = await database.query<{ id: number; slug: string }>(
    'select id, slug from workspace where slug = $1',
    [slug],
  )
  return rows[0]
}

/** @returns its number */
export async function insertWorkspace(client: Client, workspace: NewWorkspace): Promise<number> {
  const { slug, name, kind, isDemo = false, zone = 'UTC', currency = null, country = null } = workspace
  const { rows } = await client.query<{ id: number }>(
    `insert into workspace (slug, name, kind, is_demo, zone, currency, country, profile_id_key)
     values ($1, $2, $3, $4, $5, $6, $7, $8) returning id`,
    [slug, name, kind, isDemo, zone, currency, country, randomBytes(16)],
  )
  return (rows[0] as { id: number }).id
}

/** Another name or home of a workspace, as a statement of the transaction of the command that says so. */
export function describeHome(
  workspace: number,
  { name, zone, currency, country }: Pick<Workspace, 'name' | 'zone' | 'currency' | 'country'>,
): Statement {
  return {
    kind: 'query',
    text: 'update workspace set name = $2, zone = $3, currency = $4, country = $5 where id = $1',
    values: [workspace, name, zone, currency, country],
  }
}

/** From here on it is being removed, in whatever process. */
export async function markRemoving(database: Reader, workspace: number): Promise<void> {
  await database.query("update workspace set status = 'removing' where id = $1", [workspace])
}

/** The last row of a workspace. */
export async function deleteWorkspace(database: Reader, workspace: number): Promise<void> {
  await database.query('delete from workspace where id = $1', [workspace])
}
