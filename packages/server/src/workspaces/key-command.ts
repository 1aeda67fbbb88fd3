import * as api from '@affluent/protocol/endpoints/keys'
import type { Scope } from '@affluent/protocol/scope'
import { numberOfId } from '@affluent/protocol/text'
import type { Database } from '../platform/database/connect.ts'
import { inTransaction } from '../platform/database/connect.ts'
import {
  listApiKeys,
  listWriteKeys,
  makeApiKey,
  newWriteKey,
  revokeApiKey,
  revokeWriteKey,
} from '../platform/workspace/key-store.ts'
import { listSources } from '../platform/workspace/source-store.ts'
import { findWorkspaceBySlug } from '../platform/workspace/workspace-store.ts'

interface NamedWorkspace {
  readonly id: number
  readonly slug: string
}

/** @throws Error when there is none */
export async function findWorkspace(database: Database, slug: string): Promise<NamedWorkspace> {
  const found = await findWorkspaceBySlug(database, slug)
  if (found !== undefined) return found
  throw new Error(`There is no workspace "${slug}".`)
}

/**
 * Makes an API key and, when it is wished, a write key of the first source; those that are there stay good.
 * @returns what the operator reads
 */
export async function makeKeys(
  database: Database,
  workspace: NamedWorkspace,
  wish: { readonly name: string; readonly scopes: readonly Scope[]; readonly writeKey: boolean },
): Promise<string> {
  const lines = [`Workspace   ${workspace.slug}`]
  if (wish.writeKey) lines.push(`Write key   ${await makeWriteKey(database, workspace)}`)
  const { name, scopes } = wish
  const { secret } = await makeApiKey(database, workspace.id, { name, scopes, expiresAt: null }, new Date())
  lines.push(`API key     ${secret}     shown once; opens ${scopes.join(', ')}`)
  return lines.join('\n')
}

/** @returns the keys of a workspace that are good, a line each */
export async function describeKeys(database: Database, workspace: NamedWorkspace): Promise<string> {
  const now = new Date()
  const [apiKeys, writeKeys, sources] = await Promise.all([
    listApiKeys(database, workspace.id, now),
    listWriteKeys(database, workspace.id, now),
    listSources(database, workspace.id),
  ])
  const slugs = new Map(sources.map(({ id, slug }) => [id, slug]))
  const lines = [
    ...apiKeys.map(({ id, prefix, name, scopes, ...times }) =>
      [`API key     key_${id}`, `${prefix ?? ''}…`, name, scopes.join(','), ...describeTimes(times)].join(
        '  ',
      ),
    ),
    ...writeKeys.map(({ key, source, ...times }) =>
      [`Write key   ${key}`, slugs.get(source) ?? '', ...describeTimes(times)].join('  '),
    ),
  ]
  return [`Workspace   ${workspace.slug}`, ...(lines.length === 0 ? ['No keys.'] : lines)].join('\n')
}

/**
 * Revokes an API key by its id or a write key by itself. PostgreSQL tells every process.
 * @throws Error when the workspace has no such key
 */
export async function revokeKey(
  database: Database,
  workspace: NamedWorkspace,
  which: string,
): Promise<string> {
  const now = new Date()
  if (api.revokeKey.params.safeParse({ id: which }).success) {
    if (await revokeApiKey(database, workspace.id, numberOfId(which), now)) return `${which} is revoked.`
  } else {
    const found = (await listWriteKeys(database, workspace.id, now)).find(({ key }) => key === which)
    if (found !== undefined && (await revokeWriteKey(database, found.source, which, now)))
      return 'The write key is revoked.'
  }
  throw new Error(
    `The workspace "${workspace.slug}" has no such key that is good; \`npm run keys -- --list\` shows them.`,
  )
}

async function makeWriteKey(database: Database, workspace: NamedWorkspace): Promise<string> {
  const [source] = await listSources(database, workspace.id)
  if (source === undefined) throw new Error(`The workspace "${workspace.slug}" has no source.`)
  return inTransaction(database, (client) => newWriteKey(client, workspace.id, source.id))
}

function describeTimes(times: {
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}): string[] {
  const used = times.lastUsedAt === null ? 'never used' : `used ${times.lastUsedAt.toISOString()}`
  return times.expiresAt === null ? [used] : [used, `ends ${times.expiresAt.toISOString()}`]
}
