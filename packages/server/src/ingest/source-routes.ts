import type { SourceAnswer } from '@affluent/protocol/endpoints/sources'
import * as api from '@affluent/protocol/endpoints/sources'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { readEdits } from '../platform/database/edit-store.ts'
import { type ApiOptions, readsFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { countEdit, describeEdit } from '../platform/http/count-edit.ts'
import { serve } from '../platform/http/serve.ts'
import { AlreadyExists } from '../platform/workspace/already-exists.ts'
import {
  listWriteKeys,
  revokeWriteKey,
  rotateWriteKey,
  type WriteKeyRecord,
} from '../platform/workspace/key-store.ts'
import type { Source } from '../platform/workspace/registry.ts'
import { addSource, changeSource } from '../platform/workspace/source-store.ts'
import { TooMany } from '../platform/workspace/too-many.ts'
import { SourceActivity } from './source-activity.ts'
import { viewWarnings } from './source-warnings.ts'

/** Sources: listed with what they send, made, renamed, switched on and off. */
export function registerSources(app: FastifyInstance, options: ApiOptions): void {
  const { database, registry, log } = options
  const activity = new SourceActivity()
  const describeOne = async (request: FastifyRequest, reply: FastifyReply, slug: string) => {
    const all = await describeAll(options, activity, request, reply)
    const source = all.find((each) => each.slug === slug)
    if (source === undefined) throw notFound(slug)
    return { source }
  }

  serve(app, api.listSources, async (request, reply) => ({
    sources: await describeAll(options, activity, request, reply),
  }))

  serve(app, api.createSource, async (request, reply) => {
    const { workspace, body } = request
    await addSource(database, workspace.id, body).catch((error: unknown) => {
      throw toApiError(error, body.slug)
    })
    await options.registryChanged()
    return await describeOne(request, reply, body.slug)
  })

  serve(app, api.updateSource, async (request, reply) => {
    const { workspace, params, body } = request
    const source = find(registry.sourcesOf(workspace.id), params.slug)
    const { name = source.name, enabled = source.enabled } = body
    await countEdit(options, request, { workspace: workspace.id, kind: 'source', id: source.slug })
    await changeSource(database, source.id, { name, enabled })
    await options.registryChanged()
    return describeOne(request, reply, source.slug)
  })

  serve(app, api.createWriteKey, async (request, reply) => {
    const { workspace, params, body } = request
    const { oldUntil } = body
    const source = find(registry.sourcesOf(workspace.id), params.slug)
    const times = {
      oldUntil: oldUntil === null ? null : new Date(oldUntil),
      now: new Date(options.now()),
    }
    await rotateWriteKey(database, source, times).catch((error: unknown) => {
      throw toApiError(error, source.slug)
    })
    await options.registryChanged()
    log.info('write_key_made', { workspace: workspace.id, source: source.id })
    return await describeOne(request, reply, source.slug)
  })

  serve(app, api.revokeWriteKey, async (request, reply) => {
    const { workspace, params } = request
    const { slug, key } = params
    const source = find(registry.sourcesOf(workspace.id), slug)
    if (!(await revokeWriteKey(database, source.id, key, new Date(options.now()))))
      throw new ApiError(404, 'not_found', 'This source has no such write key that is good.')
    await options.registryChanged()
    log.info('write_key_revoked', { workspace: workspace.id, source: source.id })
    return describeOne(request, reply, source.slug)
  })
}

async function describeAll(
  options: ApiOptions,
  activity: SourceActivity,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<SourceAnswer[]> {
  const { database, registry } = options
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

function notFound(slug: string): ApiError {
  return new ApiError(404, 'not_found', `There is no source "${slug}".`)
}

function toApiError(error: unknown, slug: string): unknown {
  if (error instanceof AlreadyExists) {
    const message = `There is a source "${slug}" already; choose another slug.`
    return new ApiError(409, 'already_exists', message, { path: 'slug', cause: error })
  }
  if (error instanceof TooMany) return new ApiError(400, 'too_many', error.message, { cause: error })
  return error
}
