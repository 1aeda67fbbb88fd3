import { randomUUID } from 'node:crypto'
import { checkEvent } from '@affluent/core/event/check-event'
import { scanJson } from '@affluent/core/event/scan-json'
import { explainDecision } from '@affluent/core/identity/ledger'
import {
  DEFAULT_IDENTITY_RULES,
  type IdentityRules,
  normalizeIdentifier,
} from '@affluent/core/identity/namespaces'
import { simulate } from '@affluent/core/identity/simulate'
import { formatProfileId, type ProfileIdKey, readProfileId } from '@affluent/core/profile/profile-id'
import {
  apiError,
  eventsAnswer,
  identityRulesAnswer,
  identityRulesBody,
  ledgerAnswer,
  outcomesAnswer,
  outcomesQuery,
  type PipelineAnswer,
  pageQuery,
  pipelineAnswer,
  profileAnswer,
  readQuery,
  simulateAnswer,
  simulateBody,
  sourcesAnswer,
} from '@affluent/protocol/api'
import type { JsonObject } from '@affluent/protocol/event'
import { READ_AFTER_MS_MAX } from '@affluent/protocol/limits'
import type { Infer } from '@affluent/protocol/schema'
import type { ClickHouseClient } from '@clickhouse/client'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { ZodTypeProvider } from 'fastify-type-provider-zod'
import type { Database } from '../database/connect.ts'
import type { Log } from '../operations/log.ts'
import type { Command } from '../pipeline/command.ts'
import type { Progress } from '../pipeline/progress.ts'
import { viewEvents } from '../stores/event-view.ts'
import { viewOutcomes, viewWarnings } from '../stores/pipeline-view.ts'
import {
  describeProfile,
  type PersonView,
  viewIdentifiers,
  viewLedger,
  viewPersonByFragment,
  viewPersonByIdentifier,
} from '../stores/profile-view.ts'
import type { Registry, Workspace } from '../stores/registry.ts'
import { readCursor, signCursor } from './cursor.ts'
import type { RateLimits } from './rate-limits.ts'
import { readAfter, readLimit } from './read-query.ts'
import { RefusalError } from './refusal-error.ts'

/** What the API needs. */
export interface ApiOptions {
  readonly registry: Registry
  readonly database: Database
  readonly clickhouse: ClickHouseClient
  readonly limits: RateLimits
  readonly log: Log
  readonly now: () => number
  readonly rules: (workspace: number) => IdentityRules
  readonly progress: (
    workspace: number,
  ) => { readonly walked: Progress; readonly loaded: Progress } | undefined
  readonly pipeline: (workspace: number) => Promise<PipelineAnswer>
  /** puts a command into the log; resolves with its position */
  readonly command: (workspace: number, command: Command) => Promise<number>
}

declare module 'fastify' {
  interface FastifyRequest {
    workspace: Workspace
  }
}

// what the contract promises and a later issue brings
const LATER: readonly (readonly [method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string])[] = [
  ['GET', '/v1/profiles/:id/why'],
  ['POST', '/v1/identity/unmerge'],
  ['POST', '/v1/audiences'],
  ['POST', '/v1/audiences/preview'],
  ['GET', '/v1/audiences/:key'],
  ['PUT', '/v1/audiences/:key'],
  ['DELETE', '/v1/audiences/:key'],
  ['GET', '/v1/audiences/:key/members'],
  ['POST', '/v1/destinations'],
  ['POST', '/v1/connections'],
  ['GET', '/v1/deliveries'],
  ['POST', '/v1/deliveries/replay'],
]

const SECURITY = [{ apiKey: [] }]
const ERRORS = { '4xx': apiError, '5xx': apiError }

/** The API for reading: profiles, pipeline, outcomes, sources, and identity rules tried out. */
export function registerApi(app: FastifyInstance, options: ApiOptions): void {
  const api = app.withTypeProvider<ZodTypeProvider>()
  const { database, registry } = options
  const nameOfSource = (source: number) => registry.source(source)?.slug ?? String(source)

  app.decorateRequest('workspace', undefined as unknown as Workspace)
  app.addHook('onRequest', async (request) => {
    // by route, since a path may be written in other ways, with escapes or with a host in front; and by path, so that
    // nobody without a key learns which addresses exist
    const places = [request.routeOptions.url, request.url]
    if (!places.some((place) => place?.startsWith('/v1/'))) return
    request.workspace = await authenticate(request, options)
  })

  api.route({
    method: 'GET',
    url: '/v1/profiles/:id',
    schema: {
      summary: 'One person, by identifier (namespace:value) or profile id',
      tags: ['Profiles'],
      security: SECURITY,
      querystring: readQuery,
      response: { 200: profileAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace } = request
      const { folded } = await findPerson(request, options)
      const identifiers = await viewIdentifiers(
        database,
        workspace.id,
        folded.identifiers.map(({ id }) => id),
      )
      const id = formatProfileId(folded.profile, workspace.profileIdKey)
      return { profile: describeProfile(folded, identifiers, { id, asOf: options.now(), nameOfSource }) }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/profiles/:id/events',
    schema: {
      summary: 'Events of the whole merged person, newest first',
      tags: ['Profiles'],
      security: SECURITY,
      querystring: pageQuery,
      response: { 200: eventsAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace } = request
      const limit = readLimit(request.query.limit)
      const secret = cursorSecret(workspace.profileIdKey)
      const [time, position] = readCursor(secret, 'events', request.query.cursor) ?? []
      const { fragments } = await findPerson(request, options, 'loaded')
      const before = time === undefined || position === undefined ? undefined : { time, position }
      const events = await viewEvents(options.clickhouse, workspace.id, fragments, { limit, before })
      const last = events.at(-1)
      return {
        events: events.map((event) => ({
          ...withoutKey(event.raw),
          messageId: event.messageId,
          type: event.type,
          timestamp: new Date(event.time).toISOString(),
          receivedAt: new Date(event.received).toISOString(),
          position: event.position,
          source: nameOfSource(event.source),
        })),
        cursor:
          last === undefined || events.length < limit
            ? null
            : signCursor(secret, 'events', [last.time, last.position]),
        asOf: new Date(options.now()).toISOString(),
      }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/profiles/:id/ledger',
    schema: {
      summary: 'Every identity decision that made this profile, oldest first',
      tags: ['Profiles'],
      security: SECURITY,
      querystring: readQuery,
      response: { 200: ledgerAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { fragments } = await findPerson(request, options)
      return { ledger: await viewLedger(database, request.workspace.id, fragments) }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/pipeline',
    schema: {
      summary: 'Running counts of the workspace, which survive restarts',
      tags: ['Operations'],
      security: SECURITY,
      response: { 200: pipelineAnswer, ...ERRORS },
    },
    handler: (request) => options.pipeline(request.workspace.id),
  })

  api.route({
    method: 'GET',
    url: '/v1/outcomes',
    schema: {
      summary:
        'Events that were refused, quarantined, filtered or came twice, newest first, with reason and raw bytes',
      tags: ['Operations'],
      security: SECURITY,
      querystring: outcomesQuery,
      response: { 200: outcomesAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace } = request
      const limit = readLimit(request.query.limit)
      const secret = cursorSecret(workspace.profileIdKey)
      const [before] = readCursor(secret, 'outcomes', request.query.cursor) ?? []
      const page = { limit, before, outcome: request.query.outcome }
      const outcomes = await viewOutcomes(database, workspace.id, page, nameOfSource)
      const last = outcomes.at(-1)
      const cursor =
        last === undefined || outcomes.length < limit
          ? null
          : signCursor(secret, 'outcomes', [Number(last.id)])
      return { outcomes, cursor }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/sources',
    schema: {
      summary: 'Sources, with what is odd about their events',
      tags: ['Operations'],
      security: SECURITY,
      response: { 200: sourcesAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const warnings = await viewWarnings(database, request.workspace.id)
      const sources = registry.sourcesOf(request.workspace.id)
      return {
        sources: sources.map(({ id, slug, name, kind, enabled }) => ({
          ...{ slug, name, kind, enabled },
          warnings: warnings.get(id) ?? [],
        })),
      }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/identity/rules',
    schema: {
      summary: 'The identity rules in force',
      tags: ['Identity'],
      security: SECURITY,
      response: { 200: identityRulesAnswer, ...ERRORS },
    },
    handler: async (request) => ({ rules: options.rules(request.workspace.id) }),
  })

  api.route({
    method: 'PUT',
    url: '/v1/identity/rules',
    schema: {
      summary: 'Changes the identity rules for the events that follow; what is decided stays decided',
      tags: ['Identity'],
      security: SECURITY,
      body: identityRulesBody,
      response: { 200: identityRulesAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, body } = request
      const rules = withRules(DEFAULT_IDENTITY_RULES, body)
      const position = await options.command(workspace.id, { kind: 'set_identity_rules', rules })
      await waitFor(options, workspace.id, position, 'walked')
      reply.header('affluent-position', position)
      return { rules: options.rules(workspace.id) }
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/identity/simulate',
    schema: {
      summary: 'The profiles and ledger that these events would make under these rules; nothing is stored',
      tags: ['Identity'],
      security: SECURITY,
      body: simulateBody,
      response: { 200: simulateAnswer, ...ERRORS },
    },
    handler: async (request) =>
      answerSimulation(request.body, options.rules(request.workspace.id), options.now()),
  })

  for (const [method, url] of LATER) {
    app.route({
      method,
      url,
      schema: { hide: true },
      handler: async () => {
        throw new RefusalError(400, 'not_available', `${method} ${url} is not available yet.`, { path: url })
      },
    })
  }
}

async function authenticate(request: FastifyRequest, options: ApiOptions): Promise<Workspace> {
  const [scheme = '', key = ''] = (request.headers.authorization ?? '').split(' ', 2)
  if (scheme.toLowerCase() !== 'bearer' || key === '') {
    throw new RefusalError(
      401,
      'missing_api_key',
      'Send the API key in the Authorization header: "Bearer KEY".',
    )
  }
  const workspace = options.registry.workspaceOfApiKey(key)
  if (workspace !== undefined) {
    await options.limits.checkApi(key)
    return workspace
  }
  await options.limits.checkWrongKey(request.socket.remoteAddress ?? '')
  if (options.registry.sourceOfWriteKey(key) !== undefined) {
    throw new RefusalError(403, 'wrong_key_kind', 'This is a write key; reading needs an API key.')
  }
  throw new RefusalError(401, 'invalid_api_key', 'This API key is not known.')
}

/** The person that a path names, after waiting for the position that the query names. */
async function findPerson(
  request: FastifyRequest,
  options: ApiOptions,
  stage: 'walked' | 'loaded' = 'walked',
): Promise<PersonView> {
  const { workspace } = request
  const after = readAfter((request.query as { after?: unknown }).after)
  if (after !== undefined) await waitFor(options, workspace.id, after, stage)
  const { id } = request.params as { id: string }
  const rules = options.rules(workspace.id)
  const person = id.includes(':')
    ? await findByIdentifier(options, workspace, id, rules)
    : await findById(options, workspace, id, rules)
  if (person === undefined) throw new RefusalError(404, 'not_found', 'No profile has this id or identifier.')
  return person
}

async function findById(
  options: ApiOptions,
  workspace: Workspace,
  id: string,
  rules: IdentityRules,
): Promise<PersonView | undefined> {
  const fragment = readProfileId(id, workspace.profileIdKey)
  return fragment === undefined
    ? undefined
    : viewPersonByFragment(options.database, workspace.id, fragment, rules)
}

async function findByIdentifier(
  options: ApiOptions,
  workspace: Workspace,
  id: string,
  rules: IdentityRules,
): Promise<PersonView | undefined> {
  const colon = id.indexOf(':')
  const namespace = id.slice(0, colon)
  const value = normalizeIdentifier(namespace, id.slice(colon + 1))
  if (value === undefined || value.includes('\u0000') || namespace.includes('\u0000')) return undefined
  return viewPersonByIdentifier(options.database, workspace.id, { namespace, value }, rules)
}

async function waitFor(
  options: ApiOptions,
  workspace: number,
  position: number,
  stage: 'walked' | 'loaded',
): Promise<void> {
  const progress = options.progress(workspace)?.[stage]
  if (await progress?.reach(position, READ_AFTER_MS_MAX)) return
  const message = `Position ${position} has not been walked within ${READ_AFTER_MS_MAX / 1000} s; try again.`
  throw new RefusalError(503, 'not_ready', message, { path: 'after', retryAfterSeconds: 1 })
}

function cursorSecret(key: ProfileIdKey): string {
  return key.join('-')
}

function withoutKey(raw: JsonObject): JsonObject {
  const { writeKey: _, ...rest } = raw
  return rest
}

function answerSimulation(body: Infer<typeof simulateBody>, rules: IdentityRules, now: number) {
  const rejected: { index: number; code: string; message: string }[] = []
  const indexes: number[] = []
  const checked = body.events.flatMap((event, index) => {
    const scan = scanJson(Buffer.from(JSON.stringify(event), 'utf8'))
    if (scan.kind === 'too_deep') {
      rejected.push({ index, code: 'too_deep', message: 'This event is nested too deeply.' })
      return []
    }
    const request = { receivedAt: now, sentAt: undefined, shared: undefined }
    const check = checkEvent(event as JsonObject, scan.whole, request, undefined)
    if (check.kind === 'refused') {
      rejected.push({ index, code: check.refusal.code, message: check.refusal.message })
      return []
    }
    indexes.push(index)
    return [check.event]
  })
  const { profiles, ledger, identifiers } = simulate(withRules(rules, body.rules), checked)
  return {
    profiles: profiles.map((profile) => ({
      ...profile,
      identifiers: [...profile.identifiers],
      events: profile.events.map((index) => indexes[index] as number),
    })),
    ledger: ledger.map((entry) => ({
      at: new Date(entry.time).toISOString(),
      kind: entry.kind,
      identifiers: entry.identifiers.flatMap((id) => {
        const identifier = identifiers.get(id)
        return identifier === undefined ? [] : [{ namespace: identifier.namespace, value: identifier.value }]
      }),
      reason: explainDecision(entry.kind, entry.rule),
      rule: entry.rule,
      event: indexes[entry.position] as number,
    })),
    rejected,
  }
}

function withRules(
  rules: IdentityRules,
  changes: Infer<typeof identityRulesBody> | undefined,
): IdentityRules {
  return {
    ...rules,
    namespaces: { ...rules.namespaces, ...changes?.namespaces },
    otherwise: changes?.otherwise ?? rules.otherwise,
  }
}

/** The id that an error answer carries, and the log line with it. */
export function newErrorId(): string {
  return `err_${randomUUID()}`
}
