import { API_KEYS_MAX, WRITE_KEYS_MAX } from '@affluent/protocol/limits'
import { SCOPES, type Scope } from '@affluent/protocol/scope'
import { type Client, type Database, inTransaction } from '../database/connect.ts'
import { newKey, prefixOf } from './new-key.ts'
import { hashApiKey } from './registry.ts'
import { TooMany } from './too-many.ts'

/** An API key as its owner may see it; the key itself is shown once and kept nowhere. */
export interface KeyRecord {
  readonly id: number
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly prefix: string | null
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
  readonly fromEnvironment: boolean
}

/** A write key, which is public by nature. */
export interface WriteKeyRecord {
  readonly key: string
  readonly source: number
  readonly createdAt: Date
  readonly expiresAt: Date | null
  readonly lastUsedAt: Date | null
}

/** An API key that was made now, and its secret. */
export interface MadeKey {
  readonly key: KeyRecord
  readonly secret: string
}

/** What a key is to be. */
export interface KeyWish {
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expiresAt: Date | null
}

const COLUMNS = `id, name, scopes, prefix, created_at as "createdAt", expires_at as "expiresAt",
  last_used_at as "lastUsedAt", from_environment as "fromEnvironment"`
const IS_GOOD = 'revoked_at is null and (expires_at is null or expires_at > $2)'

/** API keys of a workspace that are good at a time, newest first. */
export async function listApiKeys(database: Database, workspace: number, now: Date): Promise<KeyRecord[]> {
  const { rows } = await database.query<KeyRecord>(
    `select ${COLUMNS} from api_key where workspace_id = $1 and ${IS_GOOD} order by created_at desc, id desc`,
    [workspace, now],
  )
  return rows
}

/**
 * Makes an API key.
 * @throws TooMany
 */
export async function makeApiKey(
  database: Database,
  workspace: number,
  wish: KeyWish,
  now: Date,
): Promise<MadeKey> {
  return inTransaction(database, (client) => addApiKey(client, workspace, wish, now))
}

/**
 * Makes an API key with the name, scopes and end of another, which is good until a time.
 * @returns undefined when there is no such key that is good
 * @throws TooMany
 */
export async function rotateApiKey(
  database: Database,
  workspace: number,
  id: number,
  times: { readonly oldUntil: Date; readonly now: Date },
): Promise<MadeKey | undefined> {
  return inTransaction(database, async (client) => {
    const { rows } = await client.query<KeyWish>(
      `update api_key k set expires_at = least(k.expires_at, $4)
       from (select id, expires_at from api_key where workspace_id = $1 and id = $3 and ${IS_GOOD} for update) old
       where k.id = old.id returning k.name, k.scopes, old.expires_at as "expiresAt"`,
      [workspace, times.now, id, times.oldUntil],
    )
    const [old] = rows
    return old === undefined ? undefined : addApiKey(client, workspace, old, times.now)
  })
}

/** @returns whether there was such a key that was good */
export async function revokeApiKey(
  database: Database,
  workspace: number,
  id: number,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `update api_key set revoked_at = $2 where workspace_id = $1 and id = $3 and ${IS_GOOD}`,
    [workspace, now, id],
  )
  return rowCount === 1
}

/** Makes an API key with all scopes in the place of those of the same name, which are good no more. */
export async function replaceApiKey(database: Database, workspace: number, name: string): Promise<string> {
  return inTransaction(database, async (client) => {
    await client.query('delete from api_key where workspace_id = $1 and name = $2', [workspace, name])
    return (await insertApiKey(client, workspace, allScopes(name))).secret
  })
}

/** An API key with all scopes that has no end, for whoever begins. */
export async function firstApiKey(client: Client, workspace: number, name: string): Promise<string> {
  return (await insertApiKey(client, workspace, allScopes(name))).secret
}

/**
 * Puts in the API key that the operator has fixed, in the place of the one that was fixed before.
 * @returns whether it is good: one that was revoked stays so
 */
export async function fixApiKey(client: Client, workspace: number, key: string): Promise<boolean> {
  const hash = hashApiKey(key)
  await client.query(
    'delete from api_key where workspace_id = $1 and from_environment and hash <> $2 and revoked_at is null',
    [workspace, hash],
  )
  await client.query(
    `insert into api_key (workspace_id, name, hash, prefix, from_environment) values ($1, 'AFFLUENT_API_KEY', $2, $3, true)
     on conflict (hash) do update set from_environment = true, prefix = excluded.prefix
       where api_key.workspace_id = excluded.workspace_id and not api_key.from_environment`,
    [workspace, hash, prefixOf(key)],
  )
  return isGood(client, 'api_key', 'hash', hash)
}

/** Write keys of a workspace that are good at a time, newest first. */
export async function listWriteKeys(
  database: Database,
  workspace: number,
  now: Date,
): Promise<WriteKeyRecord[]> {
  const { rows } = await database.query<WriteKeyRecord>(
    `select key, source_id as source, created_at as "createdAt", expires_at as "expiresAt",
       last_used_at as "lastUsedAt"
     from write_key where workspace_id = $1 and ${IS_GOOD} order by created_at desc, key`,
    [workspace, now],
  )
  return rows
}

/**
 * Makes a write key of a source; its others are good until a time.
 * @param oldUntil null: they stay as they are
 * @throws TooMany
 */
export async function rotateWriteKey(
  database: Database,
  source: { readonly id: number; readonly workspace: number },
  times: { readonly oldUntil: Date | null; readonly now: Date },
): Promise<void> {
  await inTransaction(database, async (client) => {
    await client.query('select 1 from source where id = $1 for update', [source.id])
    const { rows } = await client.query<{ count: number }>(
      `select count(*)::int as count from write_key where source_id = $1 and ${IS_GOOD}`,
      [source.id, times.now],
    )
    if ((rows[0]?.count ?? 0) >= WRITE_KEYS_MAX)
      throw new TooMany(`A source may have ${WRITE_KEYS_MAX} write keys: revoke one that is not used.`)
    if (times.oldUntil !== null)
      await client.query('update write_key set expires_at = least(expires_at, $2) where source_id = $1', [
        source.id,
        times.oldUntil,
      ])
    await newWriteKey(client, source.workspace, source.id)
  })
}

/** @returns whether the source had such a key that was good */
export async function revokeWriteKey(
  database: Database,
  source: number,
  key: string,
  now: Date,
): Promise<boolean> {
  const { rowCount } = await database.query(
    `update write_key set revoked_at = $2 where source_id = $1 and key = $3 and ${IS_GOOD}`,
    [source, now, key],
  )
  return rowCount === 1
}

/** Makes a write key and puts it in. */
export async function newWriteKey(client: Client, workspace: number, source: number): Promise<string> {
  const key = newKey('write')
  await client.query('insert into write_key (key, workspace_id, source_id) values ($1, $2, $3)', [
    key,
    workspace,
    source,
  ])
  return key
}

/**
 * Puts in the write key that the operator has fixed, in the place of the one that was fixed before.
 * @returns whether it is good: one that was revoked stays so
 */
export async function fixWriteKey(
  client: Client,
  workspace: number,
  source: number,
  key: string,
): Promise<boolean> {
  await client.query(
    'delete from write_key where workspace_id = $1 and from_environment and key <> $2 and revoked_at is null',
    [workspace, key],
  )
  await client.query(
    `insert into write_key (key, workspace_id, source_id, from_environment) values ($1, $2, $3, true)
     on conflict (key) do update set from_environment = true
       where write_key.workspace_id = excluded.workspace_id and not write_key.from_environment`,
    [key, workspace, source],
  )
  return isGood(client, 'write_key', 'key', key)
}

async function addApiKey(client: Client, workspace: number, wish: KeyWish, now: Date): Promise<MadeKey> {
  await client.query('select 1 from workspace where id = $1 for update', [workspace])
  const { rows } = await client.query<{ count: number }>(
    `select count(*)::int as count from api_key where workspace_id = $1 and ${IS_GOOD}`,
    [workspace, now],
  )
  if ((rows[0]?.count ?? 0) >= API_KEYS_MAX)
    throw new TooMany(`A workspace may have ${API_KEYS_MAX} API keys: revoke one that is not used.`)
  return insertApiKey(client, workspace, wish)
}

async function insertApiKey(client: Client, workspace: number, wish: KeyWish): Promise<MadeKey> {
  const secret = newKey('api')
  const { rows } = await client.query<KeyRecord>(
    `insert into api_key (workspace_id, name, hash, prefix, scopes, expires_at) values ($1, $2, $3, $4, $5, $6)
     returning ${COLUMNS}`,
    [workspace, wish.name, hashApiKey(secret), prefixOf(secret), wish.scopes, wish.expiresAt],
  )
  return { key: rows[0] as KeyRecord, secret }
}

function allScopes(name: string): KeyWish {
  return { name, scopes: SCOPES, expiresAt: null }
}

async function isGood(
  client: Client,
  table: 'api_key' | 'write_key',
  column: 'hash' | 'key',
  value: Buffer | string,
): Promise<boolean> {
  const { rows } = await client.query(
    `select 1 from ${table} where ${column} = $1 and revoked_at is null and (expires_at is null or expires_at > now())`,
    [value],
  )
  return rows.length === 1
}
