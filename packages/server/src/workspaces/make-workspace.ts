import { httpSource } from '@affluent/connectors/sources/http/http-source'
import { WORKSPACES_MAX } from '@affluent/protocol/limits'
import { createAudienceNumbers } from '../audiences/contract.ts'
import { createCursors } from '../log/cursors.ts'
import { type Client, type Database, inTransaction } from '../platform/database/connect.ts'
import { AlreadyExists } from '../platform/workspace/already-exists.ts'
import { firstApiKey, fixApiKey, fixWriteKey, newWriteKey } from '../platform/workspace/key-store.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import { ensureSource } from '../platform/workspace/source-store.ts'
import { TooMany } from '../platform/workspace/too-many.ts'
import {
  findWorkspaceBySlug,
  insertWorkspace,
  listWorkspaceSlugs,
  lockWorkspaces,
  type NewWorkspace,
} from '../platform/workspace/workspace-store.ts'
import { addOwner } from './member-store.ts'

/** Keys as their owner sees them, once. */
export interface NewKeys {
  readonly writeKey: string
  readonly apiKey: string
}

/** What a start has made or found of keys. */
export interface StartKeys {
  /** made now, at the very first start; undefined where the operator has fixed one */
  readonly made: Partial<NewKeys> | undefined
  /** variables that hold a key which was revoked or has ended */
  readonly dead: readonly ('AFFLUENT_WRITE_KEY' | 'AFFLUENT_API_KEY')[]
}

/** The workspace that every installation begins with. */
export const MAIN_WORKSPACE = 'main'

const DEMO_SOURCES = [
  ['web', 'Boutique en ligne'],
  ['app', 'Application'],
  ['tills', 'Caisses'],
  ['crm', 'CRM'],
  ['helpdesk', 'Service client'],
  ['email', 'E-mail'],
] as const

/**
 * Makes the first workspace with a source and its keys, when there is none yet. Keys that the operator has fixed are
 * put in at every start, in the place of those that were fixed before.
 */
export async function ensureMainWorkspace(
  database: Database,
  fixed: {
    readonly writeKey: string | undefined
    readonly apiKey: string | undefined
    /** whether a first start makes the demo shop too */
    readonly demo: boolean
  },
): Promise<StartKeys> {
  return inTransaction(database, async (client) => {
    await lockWorkspaces(client)
    const existing = (await findWorkspaceBySlug(client, MAIN_WORKSPACE))?.id
    const workspace =
      existing ?? (await createWorkspace(client, { slug: MAIN_WORKSPACE, name: 'Main', kind: 'live' }))
    const source = await ensureSource(client, workspace, 'website', 'Website', httpSource.key)
    const dead: StartKeys['dead'][number][] = []
    const { writeKey, apiKey } = fixed
    if (writeKey !== undefined && !(await fixWriteKey(client, workspace, source, writeKey)))
      dead.push('AFFLUENT_WRITE_KEY')
    if (apiKey !== undefined && !(await fixApiKey(client, workspace, apiKey))) dead.push('AFFLUENT_API_KEY')
    if (existing !== undefined) return { made: undefined, dead }
    const made = {
      ...(writeKey === undefined ? { writeKey: await newWriteKey(client, workspace, source) } : {}),
      ...(apiKey === undefined ? { apiKey: await firstApiKey(client, workspace, 'first') } : {}),
    }
    if (fixed.demo) await createDemo(client)
    return { made, dead }
  })
}

/** The demo shop, with the sources that fill it. Once removed it does not come back. */
async function createDemo(client: Client): Promise<void> {
  const home = { zone: 'Europe/Paris', currency: 'EUR', country: 'FR' }
  const demo = { slug: 'shop', name: 'Maison Confluent', kind: 'sandbox', isDemo: true, ...home } as const
  const workspace = await createWorkspace(client, demo)
  for (const [slug, name] of DEMO_SOURCES) {
    const source = await ensureSource(client, workspace, slug, name, httpSource.key)
    await newWriteKey(client, workspace, source)
  }
}

/**
 * Makes a workspace that can be sent to and read at once: with a source and keys.
 * @param maker number of the team member who becomes its owner
 * @returns its API key, which is kept nowhere
 * @throws AlreadyExists, TooMany
 */
export async function addWorkspace(
  database: Database,
  workspace: Pick<Workspace, 'slug' | 'name' | 'kind'>,
  maker: number,
): Promise<string> {
  return inTransaction(database, async (client) => {
    await lockWorkspaces(client)
    const slugs = await listWorkspaceSlugs(client)
    if (slugs.includes(workspace.slug)) throw new AlreadyExists(workspace.slug)
    if (slugs.length >= WORKSPACES_MAX) throw new TooMany(`There may be ${WORKSPACES_MAX} workspaces.`)
    const id = await createWorkspace(client, workspace, maker)
    const source = await ensureSource(client, id, 'website', 'Website', httpSource.key)
    await newWriteKey(client, id, source)
    return firstApiKey(client, id, 'first')
  })
}

/**
 * Makes a workspace with its owner and its log, and the cursors of processor and loader.
 * @param maker number of the team member who becomes its owner; undefined: the owner of the installation
 * @returns its number
 */
export async function createWorkspace(
  client: Client,
  workspace: NewWorkspace,
  maker?: number,
): Promise<number> {
  const id = await insertWorkspace(client, workspace)
  await createCursors(client, id)
  await createAudienceNumbers(client, id)
  await addOwner(client, id, maker)
  return id
}
