import type { SeriesLoad } from '@affluent/core/audience/check-series'
import { membersSql } from '@affluent/core/condition/sql/members-sql'
import type { SqlQuestion } from '@affluent/core/condition/sql/sql-query'
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
import type { Condition } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { EVENT_SERIES_MAX, WORKSPACE_SERIES_MAX } from '@affluent/protocol/limits'
import { z } from '@affluent/protocol/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { loadWith, refusalOf, type SaidAudience, wholeCondition } from '../pipeline/check-audience.ts'
import type { Command, PutAudience } from '../pipeline/command.ts'
import { checkPutAudience } from '../pipeline/decide-audience.ts'
import type { WorkspaceReads } from '../stores/analytical-reads.ts'
import { type AudienceRow, type Audiences, readAudiences } from '../stores/audience-store.ts'
import { conditionFaultOfEngine } from '../stores/condition-fault-of-engine.ts'
import { readEdits } from '../stores/edit-store.ts'
import { checkAnswerable, countMembersOf, previewMembers, viewMembers } from '../stores/member-view.ts'
import { type PersonSummary, viewPeople } from '../stores/people-view.ts'
import type { Workspace } from '../stores/registry.ts'
import { findUnknownNames } from '../stores/unknown-names.ts'
import { type ApiOptions, cursorSecret, ERRORS, readsFor, SECURITY, typed, waitFor } from './api-context.ts'
import { subjectOf } from './catalogue-routes.ts'
import { countEdit, describeEdit } from './count-edit.ts'
import { readCursor, signCursor } from './cursor.ts'
import { giveCommand, refusalOfCommand } from './give-command.ts'
import { readAfter, readLimit } from './read-query.ts'
import { RefusalError } from './refusal-error.ts'

const SAMPLE = 10
const TAGS = ['Audiences']

/** Audiences: defined, tried, listed, and their members. */
export function registerAudiences(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const { database } = options
  const shared = { tags: TAGS, security: SECURITY }

  /** What is wrong is said before it stands in the log, and decided again at its place there. */
  const put = async (command: PutAudience, request: FastifyRequest, reply: FastifyReply): Promise<void> => {
    const { workspace } = request
    const audiences = await readAudiences(database, workspace.id)
    const refusal = checkPutAudience(audiences, command)
    if (refusal !== undefined) throw refusalOfCommand(refusal)
    const sql = membersSql(wholeCondition(audiences, command), questionOf(options, workspace, audiences))
    await checkAnswerable(readsFor(options, request, reply), sql).catch(throwFault)
    await countEdit(options, request, { workspace: workspace.id, kind: 'audience', id: command.key })
    await give(options, reply, workspace, command)
  }

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
      const { body } = request
      const { key, name = key, population } = body
      const said = { key, name, population, condition: body.condition as Json }
      await put({ kind: 'put_audience', mode: 'make', at: options.now(), ...said }, request, reply)
      return reply.code(201).send(await readOne(options, request, reply, key))
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
    handler: async (request, reply) => {
      await waitIfAsked(options, request)
      return { audiences: await describeAll(options, request, reply) }
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
    handler: async (request, reply) => {
      await waitIfAsked(options, request)
      return readOne(options, request, reply, keyOf(request))
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
      const condition = body.condition === undefined ? row.condition : (body.condition as Json)
      const said = { key, name: body.name ?? row.name, population, condition }
      await put({ kind: 'put_audience', mode: 'change', at: options.now(), ...said }, request, reply)
      return readOne(options, request, reply, key)
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
    handler: async (request, reply) => {
      await waitIfAsked(options, request)
      const reads = readsFor(options, request, reply)
      return listMembers(options, request.workspace, reads, keyOf(request), request.query)
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
    handler: async (request, reply) => {
      const { workspace, body } = request
      const { population } = body
      const audiences = await readAudiences(database, workspace.id)
      const said = { key: undefined, population, condition: body.condition as Json }
      const condition = checkCondition(audiences, said)
      const question = questionOf(options, workspace, audiences)
      const { now, rules } = question
      const reads = readsFor(options, request, reply)
      const found = await previewMembers(reads, membersSql(condition, question), SAMPLE).catch(throwFault)
      const people = await viewPeople(database, workspace.id, found.sample, rules)
      const subject = await subjectOf(options, workspace)
      const warnings = await findUnknownNames(reads, said.condition, { question, subject })
      return {
        size: found.size,
        population,
        asOf: new Date(now).toISOString(),
        sample: found.sample.map((profile) => ({
          profileId: formatProfileId(profile, workspace.profileIdKey),
          ...describePerson(people.get(profile)),
        })),
        warnings,
        load: describeLoad(loadWith(audiences, said)),
      }
    },
  })
}

/** As of now, as far as ClickHouse is. */
function questionOf(options: ApiOptions, { id }: Workspace, { zone }: Audiences): SqlQuestion {
  const position = loadedOf(options, id)
  return { workspace: id, now: options.now(), zone, rules: options.rules(id), position }
}

/** What ClickHouse cannot answer is the fault of the condition, not of the server. */
function throwFault(error: unknown): never {
  const fault = conditionFaultOfEngine(error)
  throw fault === undefined ? error : refusalOfCommand(fault)
}

/** @throws RefusalError 400 that says where a condition is wrong */
function checkCondition(audiences: Audiences, said: SaidAudience): Condition {
  try {
    return wholeCondition(audiences, said)
  } catch (error) {
    const refusal = refusalOf(error)
    throw refusal === undefined ? error : refusalOfCommand(refusal)
  }
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

async function readOne(
  options: ApiOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  key: string,
): Promise<AudienceAnswer> {
  const { workspace } = request
  const audiences = await readAudiences(options.database, workspace.id)
  const reads = readsFor(options, request, reply)
  const [answer] = await describe(options, workspace, reads, audiences, [findAudience(audiences, key)])
  return answer as AudienceAnswer
}

async function describeAll(
  options: ApiOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<AudienceAnswer[]> {
  const { workspace } = request
  const audiences = await readAudiences(options.database, workspace.id)
  const reads = readsFor(options, request, reply)
  return describe(options, workspace, reads, audiences, audiences.audiences)
}

async function describe(
  options: ApiOptions,
  workspace: Workspace,
  reads: WorkspaceReads,
  audiences: Audiences,
  rows: readonly AudienceRow[],
): Promise<AudienceAnswer[]> {
  const loaded = loadedOf(options, workspace.id)
  const shown = rows.flatMap(({ liveVersion }) => (liveVersion === 0 ? [] : [liveVersion]))
  const asOf = new Date(options.now()).toISOString()
  const edits = await readEdits(options.database, workspace.id, 'audience')
  const sizes = await countMembersOf(reads, workspace.id, shown, loaded)
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
      errorCode: row.faultCode,
      size: row.liveVersion === 0 ? null : (sizes.get(row.liveVersion) ?? 0),
      asOf,
      createdAt: row.createdAt.toISOString(),
      changedAt: row.changedAt.toISOString(),
      ...describeEdit(edits.get(row.key)),
    }
  })
}

function describeLoad({ series, ofOneEvent, event }: SeriesLoad) {
  return {
    series,
    seriesMax: WORKSPACE_SERIES_MAX,
    ofOneEvent,
    ofOneEventMax: EVENT_SERIES_MAX,
    event: event ?? null,
  }
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
  reads: WorkspaceReads,
  key: string,
  query: { readonly limit?: string | undefined; readonly cursor?: string | undefined },
) {
  const { database } = options
  const limit = readLimit(query.limit)
  const secret = cursorSecret(workspace.profileIdKey)
  const list = `members of ${key}`
  const audiences = await readAudiences(database, workspace.id)
  const row = findAudience(audiences, key)
  const asOfNow = options.now()
  if (row.liveVersion === 0) return { members: [], asOf: new Date(asOfNow).toISOString(), cursor: null }
  // all pages of a list are of one moment and one version
  const [version = row.liveVersion, position = loadedOf(options, workspace.id), asOf = asOfNow, after = 0] =
    readCursor(secret, list, query.cursor) ?? []
  const members = await viewMembers(reads, { workspace: workspace.id, version, position }, { after, limit })
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

function loadedOf(options: ApiOptions, workspace: number): number {
  return options.progress(workspace)?.loaded.position ?? 0
}

function keyOf(request: FastifyRequest): string {
  return (request.params as { key: string }).key
}

async function waitIfAsked(options: ApiOptions, request: FastifyRequest): Promise<void> {
  const after = readAfter((request.query as { after?: unknown }).after)
  if (after !== undefined) await waitFor(options, request.workspace.id, after, 'loaded')
}
