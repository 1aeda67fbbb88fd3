import { ConditionFault } from '@affluent/core/condition/condition-fault'
import {
  CircleFault,
  checkSize,
  inlineAudiences,
  MissingAudience,
  type NamedCondition,
  withPopulation,
} from '@affluent/core/condition/condition-tree'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import { membersSql } from '@affluent/core/condition/sql/members-sql'
import { formatProfileId } from '@affluent/core/profile/profile-id'
import {
  type AudienceAnswer,
  audienceAnswer,
  audienceBody,
  audienceChange,
  audiencesAnswer,
  membersAnswer,
  pageQuery,
  previewAnswer,
  previewBody,
  readQuery,
} from '@affluent/protocol/api'
import type { Condition, Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { AUDIENCES_MAX } from '@affluent/protocol/limits'
import { z } from '@affluent/protocol/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Command } from '../pipeline/command.ts'
import { type AudienceRow, type Audiences, readAudiences } from '../stores/audience-store.ts'
import { countMembersOf, previewMembers, viewMembers } from '../stores/member-view.ts'
import { type PersonSummary, viewPeople } from '../stores/people-view.ts'
import type { Workspace } from '../stores/registry.ts'
import { type ApiOptions, cursorSecret, ERRORS, SECURITY, typed, waitFor } from './api-context.ts'
import { readCursor, signCursor } from './cursor.ts'
import { giveCommand } from './give-command.ts'
import { readAfter, readLimit } from './read-query.ts'
import { RefusalError } from './refusal-error.ts'

const SAMPLE = 10
const TAGS = ['Audiences']

/** Audiences: defined, tried, listed, and their members. */
export function registerAudiences(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database, clickhouse } = options
  const shared = { tags: TAGS, security: SECURITY }

  api.route({
    method: 'POST',
    url: '/v1/audiences',
    schema: {
      ...shared,
      summary: 'Makes an audience; it is prepared from history and live from then on',
      body: audienceBody,
      response: { 201: audienceAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, body } = request
      const audiences = await readAudiences(database, workspace.id)
      const { key, name = key, population } = body
      if (audiences.audiences.some((row) => row.key === key))
        throw new RefusalError(409, 'already_exists', `There is an audience "${key}"; change it with PUT.`, {
          path: 'key',
        })
      if (audiences.audiences.length >= AUDIENCES_MAX)
        throw new RefusalError(400, 'too_many', `A workspace has ${AUDIENCES_MAX} audiences at most.`)
      const condition = checkCondition(audiences, { key, population, condition: body.condition as Json })
      const at = options.now()
      await give(options, reply, workspace, { kind: 'put_audience', at, key, name, population, condition })
      return reply.code(201).send(await readOne(options, workspace, key))
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/audiences',
    schema: {
      ...shared,
      summary: 'All audiences',
      querystring: readQuery,
      response: { 200: audiencesAnswer, ...ERRORS },
    },
    handler: async (request) => {
      await waitIfAsked(options, request)
      return { audiences: await describeAll(options, request.workspace) }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/audiences/:key',
    schema: {
      ...shared,
      summary: 'One audience',
      querystring: readQuery,
      response: { 200: audienceAnswer, ...ERRORS },
    },
    handler: async (request) => {
      await waitIfAsked(options, request)
      return readOne(options, request.workspace, keyOf(request))
    },
  })

  api.route({
    method: 'PUT',
    url: '/v1/audiences/:key',
    schema: {
      ...shared,
      summary: 'Changes an audience; the definition before stays live until the new one is prepared',
      body: audienceChange,
      response: { 200: audienceAnswer, ...ERRORS },
    },
    handler: async (request, reply) => {
      const { workspace, body } = request
      const key = keyOf(request)
      if (body.key !== undefined && body.key !== key)
        throw new RefusalError(400, 'invalid_request', 'The key of an audience cannot be changed.', {
          path: 'key',
        })
      const audiences = await readAudiences(database, workspace.id)
      const row = findAudience(audiences, key)
      const population = body.population ?? row.population
      const said = body.condition === undefined ? row.condition : (body.condition as Json)
      const condition = checkCondition(audiences, { key, population, condition: said })
      const { name = row.name } = body
      const at = options.now()
      await give(options, reply, workspace, { kind: 'put_audience', at, key, name, population, condition })
      return readOne(options, workspace, key)
    },
  })

  api.route({
    method: 'DELETE',
    url: '/v1/audiences/:key',
    schema: {
      ...shared,
      summary: 'Takes an audience away',
      response: { 200: z.object({ deleted: z.string() }), ...ERRORS },
    },
    handler: async (request, reply) => {
      const key = keyOf(request)
      findAudience(await readAudiences(database, request.workspace.id), key)
      await give(options, reply, request.workspace, { kind: 'delete_audience', at: options.now(), key })
      return { deleted: key }
    },
  })

  api.route({
    method: 'GET',
    url: '/v1/audiences/:key/members',
    schema: {
      ...shared,
      summary: 'Members of an audience as of one moment',
      querystring: pageQuery,
      response: { 200: membersAnswer, ...ERRORS },
    },
    handler: async (request) => {
      await waitIfAsked(options, request)
      return listMembers(options, request.workspace, keyOf(request), request.query)
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/audiences/preview',
    schema: {
      ...shared,
      summary: 'How many people a condition would find now, and some of them; nothing is stored',
      body: previewBody,
      response: { 200: previewAnswer, ...ERRORS },
    },
    handler: async (request) => {
      const { workspace, body } = request
      const { population } = body
      const audiences = await readAudiences(database, workspace.id)
      const said = { key: undefined, population, condition: body.condition as Json }
      const condition = inlined(audiences, said)
      const now = options.now()
      const rules = options.rules(workspace.id)
      const question = {
        ...{ workspace: workspace.id, now, zone: audiences.zone, rules },
        position: options.progress(workspace.id)?.loaded.position ?? 0,
      }
      const found = await previewMembers(clickhouse, membersSql(condition, question), SAMPLE)
      const people = await viewPeople(database, workspace.id, found.sample, rules)
      return {
        size: found.size,
        population,
        asOf: new Date(now).toISOString(),
        sample: found.sample.map((profile) => ({
          profileId: formatProfileId(profile, workspace.profileIdKey),
          ...describePerson(people.get(profile)),
        })),
      }
    },
  })
}

interface Said {
  /** undefined: of nobody yet */
  readonly key: string | undefined
  readonly population: Population
  readonly condition: Json
}

/**
 * @returns the condition as it was sent
 * @throws RefusalError 400 that says where it is wrong
 */
function checkCondition(audiences: Audiences, said: Said): Json {
  inlined(audiences, said)
  return said.condition
}

function inlined(audiences: Audiences, { key, population, condition }: Said): Condition {
  const find = (name: string): NamedCondition | undefined => {
    const row = audiences.audiences.find((each) => each.key === name)
    return row === undefined
      ? undefined
      : { condition: parseCondition(row.condition, audiences.zone), population: row.population }
  }
  try {
    const parsed = parseCondition(condition ?? null, audiences.zone)
    const whole = withPopulation({
      population,
      condition: inlineAudiences(parsed, find, key === undefined ? [] : [key]),
    })
    checkSize(whole)
    return whole
  } catch (error) {
    throw toRefusal(error)
  }
}

/** What is wrong with a condition, as the caller reads it. */
function toRefusal(error: unknown): unknown {
  if (error instanceof ConditionFault)
    return new RefusalError(400, error.code, error.message, { path: error.path, cause: error })
  const path = 'condition'
  if (error instanceof CircleFault)
    return new RefusalError(400, 'invalid_condition', error.message, { path, cause: error })
  if (error instanceof MissingAudience)
    return new RefusalError(400, 'unknown_reference', error.message, { path, cause: error })
  return error
}

function findAudience({ audiences }: Audiences, key: string): AudienceRow {
  const row = audiences.find((each) => each.key === key)
  if (row === undefined) throw new RefusalError(404, 'not_found', `There is no audience "${key}".`)
  return row
}

/** Puts a command into the log, waits until it is walked, and says where it stands. */
async function give(
  options: ApiOptions,
  reply: FastifyReply,
  workspace: Workspace,
  command: Command,
): Promise<void> {
  reply.header('affluent-position', await giveCommand(options, workspace, command))
}

async function readOne(options: ApiOptions, workspace: Workspace, key: string): Promise<AudienceAnswer> {
  const audiences = await readAudiences(options.database, workspace.id)
  const [answer] = await describe(options, workspace, audiences, [findAudience(audiences, key)])
  return answer as AudienceAnswer
}

async function describeAll(options: ApiOptions, workspace: Workspace): Promise<AudienceAnswer[]> {
  const audiences = await readAudiences(options.database, workspace.id)
  return describe(options, workspace, audiences, audiences.audiences)
}

async function describe(
  options: ApiOptions,
  workspace: Workspace,
  audiences: Audiences,
  rows: readonly AudienceRow[],
): Promise<AudienceAnswer[]> {
  const loaded = options.progress(workspace.id)?.loaded.position ?? 0
  const shown = rows.flatMap(({ liveVersion }) => (liveVersion === 0 ? [] : [liveVersion]))
  const asOf = new Date(options.now()).toISOString()
  const sizes = await countMembersOf(options.clickhouse, workspace.id, shown, loaded)
  return rows.map((row) => {
    const version = audiences.versions.find(({ id }) => id === row.liveVersion)
    // what is decided is shown once it can also be listed
    const isLive = row.isLive && version !== undefined && version.livePosition <= loaded
    return {
      key: row.key,
      name: row.name,
      condition: row.condition,
      population: row.population,
      status: row.fault === null ? (isLive ? 'live' : 'preparing') : 'failed',
      progress: isLive ? 1 : progressOf(audiences, row),
      error: row.fault,
      size: row.liveVersion === 0 ? null : (sizes.get(row.liveVersion) ?? 0),
      asOf,
      createdAt: row.createdAt.toISOString(),
      changedAt: row.changedAt.toISOString(),
    }
  })
}

function progressOf({ sweep, versions }: Audiences, row: AudienceRow): number {
  const isSwept = versions.some(({ id, audience, revision }) => {
    return audience === row.id && revision === row.revision && sweep?.versions.includes(id)
  })
  if (sweep === undefined || !isSwept) return 0
  return Math.min(0.99, (sweep.doneTo - 1) / Math.max(1, sweep.until - 1))
}

async function listMembers(
  options: ApiOptions,
  workspace: Workspace,
  key: string,
  query: { readonly limit?: string | undefined; readonly cursor?: string | undefined },
) {
  const { database, clickhouse } = options
  const limit = readLimit(query.limit)
  const secret = cursorSecret(workspace.profileIdKey)
  const list = `members of ${key}`
  const audiences = await readAudiences(database, workspace.id)
  const row = findAudience(audiences, key)
  const asOfNow = options.now()
  if (row.liveVersion === 0) return { members: [], asOf: new Date(asOfNow).toISOString(), cursor: null }
  // all pages of a list are of one moment and one version
  const [version = row.liveVersion, position = loadedOf(options, workspace), asOf = asOfNow, after = 0] =
    readCursor(secret, list, query.cursor) ?? []
  const members = await viewMembers(
    clickhouse,
    { workspace: workspace.id, version, position },
    { after, limit },
  )
  const profiles = members.map(({ profile }) => profile)
  const people = await viewPeople(database, workspace.id, profiles, options.rules(workspace.id))
  const last = members.at(-1)
  const isLast = last === undefined || members.length < limit
  return {
    members: members.map(({ profile, since }) => ({
      profileId: formatProfileId(profile, workspace.profileIdKey),
      since: new Date(since).toISOString(),
      ...describePerson(people.get(profile)),
    })),
    asOf: new Date(asOf).toISOString(),
    cursor: isLast ? null : signCursor(secret, list, [version, position, asOf, last.profile]),
  }
}

function describePerson(person: PersonSummary | undefined) {
  return { title: person?.title ?? '', identifiers: [...(person?.identifiers ?? [])] }
}

function loadedOf(options: ApiOptions, workspace: Workspace): number {
  return options.progress(workspace.id)?.loaded.position ?? 0
}

function keyOf(request: FastifyRequest): string {
  return (request.params as { key: string }).key
}

async function waitIfAsked(options: ApiOptions, request: FastifyRequest): Promise<void> {
  const after = readAfter((request.query as { after?: unknown }).after)
  if (after !== undefined) await waitFor(options, request.workspace.id, after, 'loaded')
}
