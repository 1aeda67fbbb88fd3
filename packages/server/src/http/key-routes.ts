import {
  type KeyAnswer,
  keyBody,
  keyParams,
  keysAnswer,
  newKeyAnswer,
  rotationBody,
} from '@affluent/protocol/key-api'
import { z } from '@affluent/protocol/schema'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance } from 'fastify'
import { type KeyRecord, listApiKeys, makeApiKey, revokeApiKey, rotateApiKey } from '../stores/key-store.ts'
import { TooMany } from '../stores/too-many.ts'
import { type ApiOptions, ERRORS, typed } from './api-context.ts'
import { RefusalError } from './refusal-error.ts'

const shared = { tags: ['Access'], security: [{ session: [] }] }
const config = { access: 'workspace_member', freshSignIn: true } as const

/** API keys of a workspace: listed, made, rotated, revoked. No key may do this. */
export function registerKeys(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database, registry, log } = options
  const now = () => new Date(options.now())

  api.route({
    method: 'GET',
    url: '/v1/keys',
    config: { access: 'workspace_member' },
    schema: {
      ...shared,
      summary: 'API keys that are good, newest first',
      response: { 200: keysAnswer, ...ERRORS },
    },
    handler: async ({ workspace }) => {
      await registry.saveUses()
      return { keys: (await listApiKeys(database, workspace.id, now())).map(describe) }
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/keys',
    config,
    schema: {
      ...shared,
      summary: 'Makes an API key, which is shown once; needs a sign-in within the last 5 minutes',
      body: keyBody,
      response: { 201: newKeyAnswer, ...ERRORS },
    },
    handler: async ({ workspace, body: { name, scopes, expiresAt } }, reply) => {
      const wish = { name, scopes: [...new Set(scopes)], expiresAt: readEnd(expiresAt, options.now()) }
      const { key, secret } = await makeApiKey(database, workspace.id, wish, now()).catch(toRefusal)
      await options.registryChanged()
      log.info('key_made', { workspace: workspace.id, key: key.id })
      return reply.code(201).send({ key: describe(key), secret })
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/keys/:id/rotate',
    config,
    schema: {
      ...shared,
      summary: 'Makes a key with the same name, scopes and end; the old one is good until a given time',
      params: keyParams,
      body: rotationBody,
      response: { 201: newKeyAnswer, ...ERRORS },
    },
    handler: async ({ workspace, params, body }, reply) => {
      const id = numberOfId(params.id)
      const times = { oldUntil: new Date(body.oldUntil), now: now() }
      const made = await rotateApiKey(database, workspace.id, id, times).catch(toRefusal)
      if (made === undefined) throw notFound(params.id)
      await options.registryChanged()
      log.info('key_rotated', { workspace: workspace.id, key: id, by: made.key.id })
      return reply.code(201).send({ key: describe(made.key), secret: made.secret })
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/keys/:id',
    config,
    schema: {
      ...shared,
      summary: 'Revokes an API key: when the answer comes, no process lets it in any more',
      params: keyParams,
      response: { 204: z.null(), ...ERRORS },
    },
    handler: async ({ workspace, params }, reply) => {
      const id = numberOfId(params.id)
      if (!(await revokeApiKey(database, workspace.id, id, now()))) throw notFound(params.id)
      await options.registryChanged()
      log.info('key_revoked', { workspace: workspace.id, key: id })
      return reply.code(204).send(null)
    },
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
  throw new RefusalError(400, 'invalid_request', message, { path: 'expiresAt' })
}

function notFound(id: string): RefusalError {
  return new RefusalError(404, 'not_found', `There is no key "${id}" that is good.`)
}

function toRefusal(error: unknown): never {
  if (error instanceof TooMany) throw new RefusalError(400, 'too_many', error.message, { cause: error })
  throw error
}
