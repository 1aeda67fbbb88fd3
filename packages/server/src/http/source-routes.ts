import {
  type SourceAnswer,
  sourceAnswer,
  sourceBody,
  sourceChange,
  sourcesAnswer,
  writeKeyBody,
} from '@affluent/protocol/source-api'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readEdits } from '../stores/edit-store.ts'
import { listWriteKeys, revokeWriteKey, rotateWriteKey, type WriteKeyRecord } from '../stores/key-store.ts'
import { AlreadyExists, addSource } from '../stores/make-workspace.ts'
import { viewWarnings } from '../stores/pipeline-view.ts'
import type { Source } from '../stores/registry.ts'
import { SourceActivity } from '../stores/source-activity.ts'
import { TooMany } from '../stores/too-many.ts'
import { type ApiOptions, ERRORS, readsFor, SECURITY, typed } from './api-context.ts'
import { countEdit, describeEdit } from './count-edit.ts'
import { RefusalError } from './refusal-error.ts'

const TAGS = ['Sources']

/** Sources: listed with what they send, made, renamed, switched on and off. */
export function registerSources(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database, registry, log } = options
  const activity = new SourceActivity()
  const shared = { tags: TAGS, security: SECURITY }

  const describeAll = async (request: FastifyRequest, reply: FastifyReply): Promise<SourceAnswer[]> => {
    const { workspace } = request
    await registry.saveUses()
    const [warnings, edits, lively, keys] = await Promise.all([
      viewWarnings(database, workspace.id),
      readEdits(database, workspace.id, 'source'),
      activity.view(readsFor(options, request, reply), workspace.id, options.now()),
      listWriteKeys(database, workspace.id, new Date(options.now())),
    ])
    return registry.sourcesOf(workspace.id).map(({ id, slug, name, kind, enabled }) => {
      const seen = lively.get(id)
      return {
        ...{ slug, name, kind, enabled },
        ...describeEdit(edits.get(slug)),
        writeKey: registry.writeKeyOf(id) ?? null,
        writeKeys: keys.filter(({ source }) => source === id).map(describeKey),
        lastEventAt: seen === undefined ? null : new Date(seen.lastEventAt).toISOString(),
        lastHour: seen?.lastHour ?? 0,
        warnings: warnings.get(id) ?? [],
      }
    })
  }
  const describeOne = async (
    request: FastifyRequest,
    reply: FastifyReply,
    slug: string,
  ): Promise<{ source: SourceAnswer }> => {
    const source = (await describeAll(request, reply)).find((each) => each.slug === slug)
    if (source === undefined) throw notFound(slug)
    return { source }
  }

  api.route({
    method: 'GET',
    url: '/v1/sources',
    schema: {
      ...shared,
      summary: 'Sources, with what they have sent lately and what is odd about it',
      response: { 200: sourcesAnswer, ...ERRORS },
    },
    handler: async (request, reply) => ({ sources: await describeAll(request, reply) }),
  })

  api.route({
    method: 'POST',
    url: '/v1/sources',
    schema: {
      ...shared,
      summary: 'Makes a source, with its write key',
      body: sourceBody,
      response: { 201: sourceAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, body } = request
      await addSource(database, workspace.id, body).catch((error: unknown) => {
        throw toRefusal(error, body.slug)
      })
      await options.registryChanged()
      return reply.code(201).send(await describeOne(request, reply, body.slug))
    },
  })

  api.route({
    method: 'PUT',
    url: '/v1/sources/:slug',
    schema: {
      ...shared,
      summary: 'Renames a source, or switches it on or off; while it is off its write key is refused',
      body: sourceChange,
      response: { 200: sourceAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, params, body } = request
      const source = find(registry.sourcesOf(workspace.id), (params as { slug: string }).slug)
      const { name = source.name, enabled = source.enabled } = body
      await countEdit(options, request, { workspace: workspace.id, kind: 'source', id: source.slug })
      await database.query('update source set name = $2, enabled = $3 where id = $1', [
        source.id,
        name,
        enabled,
      ])
      await options.registryChanged()
      return describeOne(request, reply, source.slug)
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/sources/:slug/write-keys',
    schema: {
      ...shared,
      summary: 'Makes a write key of a source; the others are good until a given time',
      body: writeKeyBody,
      response: { 201: sourceAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, params, body } = request
      const { oldUntil } = body
      const source = find(registry.sourcesOf(workspace.id), (params as { slug: string }).slug)
      const times = {
        oldUntil: oldUntil === null ? null : new Date(oldUntil),
        now: new Date(options.now()),
      }
      await rotateWriteKey(database, source, times).catch((error: unknown) => {
        throw toRefusal(error, source.slug)
      })
      await options.registryChanged()
      log.info('write_key_made', { workspace: workspace.id, source: source.id })
      return reply.code(201).send(await describeOne(request, reply, source.slug))
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/sources/:slug/write-keys/:key',
    schema: {
      ...shared,
      summary: 'Revokes a write key: when the answer comes, no process takes it any more',
      response: { 200: sourceAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, params } = request
      const { slug, key } = params as { slug: string; key: string }
      const source = find(registry.sourcesOf(workspace.id), slug)
      if (!(await revokeWriteKey(database, source.id, key, new Date(options.now()))))
        throw new RefusalError(404, 'not_found', 'This source has no such write key that is good.')
      await options.registryChanged()
      log.info('write_key_revoked', { workspace: workspace.id, source: source.id })
      return describeOne(request, reply, source.slug)
    },
  })
}

function describeKey({
  key,
  createdAt,
  expiresAt,
  lastUsedAt,
}: WriteKeyRecord): SourceAnswer['writeKeys'][number] {
  return {
    key,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt?.toISOString() ?? null,
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  }
}

function find(sources: readonly Source[], slug: string): Source {
  const source = sources.find((each) => each.slug === slug)
  if (source === undefined) throw notFound(slug)
  return source
}

function notFound(slug: string): RefusalError {
  return new RefusalError(404, 'not_found', `There is no source "${slug}".`)
}

function toRefusal(error: unknown, slug: string): unknown {
  if (error instanceof AlreadyExists) {
    const message = `There is a source "${slug}" already; choose another slug.`
    return new RefusalError(409, 'already_exists', message, { path: 'slug', cause: error })
  }
  if (error instanceof TooMany) return new RefusalError(400, 'too_many', error.message, { cause: error })
  return error
}
