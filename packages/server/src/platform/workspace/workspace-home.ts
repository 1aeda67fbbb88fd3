import type { ProfileIdKey } from '@affluent/core/profile/profile-id'
import type { Reader } from '../database/connect.ts'
import { profileIdKeyOf } from './registry.ts'

/** Where a workspace is at home, and what its printable ids are shuffled with. */
export interface WorkspaceHome {
  readonly kind: 'live' | 'sandbox'
  /** IANA name */
  readonly zone: string
  /** ISO 3166; null: none */
  readonly country: string | null
  readonly profileIdKey: ProfileIdKey
}

/** Where a workspace is at home, as it is committed; undefined when there is no such workspace. */
export async function findHome(database: Reader, workspace: number): Promise<WorkspaceHome | undefined> {
  const { rows } = await database.query<Omit<WorkspaceHome, 'profileIdKey'> & { key: Buffer }>({
    name: 'workspace_home',
    text: 'select kind, zone, country, profile_id_key as key from workspace where id = $1',
    values: [workspace],
  })
  const row = rows[0]
  if (row === undefined) return undefined
  const { key, ...home } = row
  return { ...home, profileIdKey: profileIdKeyOf(key) }
}

/** The same; UTC and no country when there is no such workspace. */
export async function readHome(
  database: Reader,
  workspace: number,
): Promise<Pick<WorkspaceHome, 'zone' | 'country'>> {
  return (await findHome(database, workspace)) ?? { zone: 'UTC', country: null }
}
