import type { KeyAnswer } from '@affluent/protocol/endpoints/keys'
import * as api from '@affluent/protocol/endpoints/keys'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance } from 'fastify'
import type { ApiOptions } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { serve } from '../platform/http/serve.ts'
import {
  type KeyRecord,
  listApiKeys,
  makeApiKey,
  revokeApiKey,
  rotateApiKey,
} from '../platform/workspace/key-store.ts'
import { TooMany } from '../platform/workspace/too-many.ts'

/** API keys of a workspace: listed, made, rotated, revoked. No key may do this. */
export function registerKeys(app: FastifyInstance, options: ApiOptions): void {
  const { database, registry, log } = options
  const now = () => new Date(options.now())

  serve(app, api.listKeys, async ({ workspace }) => {
    await registry.saveUses()
    return { keys: (await listApiKeys(database, workspace.id, now())).map(describe) }
  })

  serve(app, api.createKey, async ({ workspace, body: { name, scopes, expiresAt } }) => {
    const wish = { name, scopes: [...new Set(scopes)], expiresAt: readEnd(expiresAt, options.now()) }
    const { key, secret } = await makeApiKey(database, workspace.id, wish, now()).catch(toApiError)
    await options.registryChanged()
    log.info('key_made', { workspace: workspace.id, key: key.id })
    return { key: describe(key), secret }
  })

  serve(app, api.rotateKey, async ({ workspace, params, body }) => {
    const id = numberOfId(params.id)
    const times = { oldUntil: new Date(body.oldUntil), now: now() }
    const made = await rotateApiKey(database, workspace.id, id, times).catch(toApiError)
    if (made === undefined) throw notFound(params.id)
    await options.registryChanged()
    log.info('key_rotated', { workspace: workspace.id, key: id, by: made.key.id })
    return { key: describe(made.key), secret: made.secret }
  })

  serve(app, api.revokeKey, async ({ workspace, params }) => {
    const id = numberOfId(params.id)
    if (!(await revokeApiKey(database, workspace.id, id, now()))) throw notFound(params.id)
    await options.registryChanged()
    log.info('key_revoked', { workspace: workspace.id, key: id })
  })
}

function describe(key: KeyRecord): KeyAnswer {
  return {
    id: `key_${key.id}`,
    name: key.name,
    scopes: [...key.scopes],
    prefix: key.prefix,
    createdAt: key.createdAt.toISOString(),
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    fromEnvironment: key.fromEnvironment,
  }
}

function readEnd(text: string | null | undefined, now: number): Date | null {
  if (text === null || text === undefined) return null
  const end = new Date(text)
  if (end.getTime() > now) return end
  const message = 'The key would be at its end already: give an instant that is still to come, or null.'
  throw new ApiError(400, 'invalid_request', message, { path: 'expiresAt' })
}

function notFound(id: string): ApiError {
  return new ApiError(404, 'not_found', `There is no key "${id}" that is good.`)
}

function toApiError(error: unknown): never {
  if (error instanceof TooMany) throw new ApiError(400, 'too_many', error.message, { cause: error })
  throw error
}
