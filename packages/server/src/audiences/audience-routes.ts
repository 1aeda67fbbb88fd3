import type { AudienceRow } from '@affluent/core/audience/audience-tables'
import { errorOf, loadWith, type SaidAudience, wholeCondition } from '@affluent/core/audience/check-audience'
import type { SeriesLoad } from '@affluent/core/audience/check-series'
import { checkPutAudience } from '@affluent/core/audience/plan-audience'
import { membersSql } from '@affluent/core/condition/sql/members-sql'
import type { SqlQuestion } from '@affluent/core/condition/sql/sql-query'
import { formatProfileId } from '@affluent/core/profile/profile-id'
import type { Condition } from '@affluent/protocol/condition'
import type { AudienceAnswer, PreviewAnswer } from '@affluent/protocol/endpoints/audiences'
import * as api from '@affluent/protocol/endpoints/audiences'
import type { Json } from '@affluent/protocol/event'
import { EVENT_SERIES_MAX, WORKSPACE_SERIES_MAX } from '@affluent/protocol/limits'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { subjectOf } from '../catalogue/contract.ts'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import { conditionErrorOfEngine } from '../platform/clickhouse/condition-error-of-engine.ts'
import { readEdits } from '../platform/database/edit-store.ts'
import { type ApiOptions, cursorSecret, readsFor, waitFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { countEdit, describeEdit } from '../platform/http/count-edit.ts'
import { readCursor, signCursor } from '../platform/http/cursor.ts'
import { readAfter, readLimit } from '../platform/http/read-query.ts'
import { type Served, serve } from '../platform/http/serve.ts'
import { errorOfCommand, submitCommand } from '../platform/http/submit-command.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import { type PersonSummary, viewPeople } from '../profiles/contract.ts'
import { type Audiences, readAudiences } from './audience-store.ts'
import type { AudienceCommand, PutAudience } from './command.ts'
import { checkAnswerable, countMembersOf, previewMembers, viewMembers } from './member-view.ts'
import { findUnknownNames } from './unknown-names.ts'

const SAMPLE = 10

/** Audiences: defined, tried, listed, and their members. */
export function registerAudiences(app: FastifyInstance, options: ApiOptions): void {
  const { database } = options

  serve(app, api.createAudience, async (request, reply) => {
    const { key, name = key, population, condition } = request.body
    const said = { key, name, population, condition: condition as Json }
    await put(options, request, reply, { kind: 'put_audience', mode: 'make', at: options.now(), ...said })
    return readOne(options, request, reply, key)
  })

  serve(app, api.listAudiences, async (request, reply) => {
    await waitIfAsked(options, request)
    return { audiences: await describeAll(options, request, reply) }
  })

  serve(app, api.getAudience, async (request, reply) => {
    await waitIfAsked(options, request)
    return readOne(options, request, reply, request.params.key)
  })

  serve(app, api.updateAudience, async (request, reply) => {
    const { workspace, body } = request
    const { key } = request.params
    if (body.key !== undefined && body.key !== key)
      throw new ApiError(400, 'invalid_request', 'The key of an audience cannot be changed.', {
        path: 'key',
      })
    const row = findAudience(await readAudiences(database, workspace.id), key)
    const population = body.population ?? row.population
    const condition = body.condition === undefined ? row.condition : (body.condition as Json)
    const said = { key, name: body.name ?? row.name, population, condition }
    await put(options, request, reply, { kind: 'put_audience', mode: 'change', at: options.now(), ...said })
    return readOne(options, request, reply, key)
  })

  serve(app, api.deleteAudience, async (request, reply) => {
    const { key } = request.params
    findAudience(await readAudiences(database, request.workspace.id), key)
    await give(options, reply, request.workspace, { kind: 'delete_audience', at: options.now(), key })
    return { deleted: key }
  })

  serve(app, api.listAudienceMembers, async (request, reply) => {
    await waitIfAsked(options, request)
    const reads = readsFor(options, request, reply)
    return listMembers(options, request.workspace, reads, request.params.key, request.query)
  })

  serve(app, api.previewAudience, (request, reply) => preview(options, request, reply))
}

/** What is wrong is said before it stands in the log, and decided again at its place there. */
async function put(
  options: ApiOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  command: PutAudience,
): Promise<void> {
  const { workspace } = request
  const audiences = await readAudiences(options.database, workspace.id)
  const rejection = checkPutAudience(audiences, command)
  if (rejection !== undefined) throw errorOfCommand(rejection)
  const sql = membersSql(wholeCondition(audiences, command), questionOf(options, workspace, audiences))
  await checkAnswerable(readsFor(options, request, reply), sql).catch(throwConditionError)
  await countEdit(options, request, { workspace: workspace.id, kind: 'audience', id: command.key })
  await give(options, reply, workspace, command)
}

async function preview(
  options: ApiOptions,
  request: Served<typeof api.previewAudience>,
  reply: FastifyReply,
): Promise<PreviewAnswer> {
  const { workspace, body } = request
  const { database } = options
  const { population } = body
  const audiences = await readAudiences(database, workspace.id)
  const said = { key: undefined, population, condition: body.condition as Json }
  const condition = checkCondition(audiences, said)
  const question = questionOf(options, workspace, audiences)
  const { now, rules } = question
  const reads = readsFor(options, request, reply)
  const found = await previewMembers(reads, membersSql(condition, question), SAMPLE).catch(
    throwConditionError,
  )
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
}

/** As of now, as far as ClickHouse is. */
function questionOf(options: ApiOptions, { id }: Workspace, { zone }: Audiences): SqlQuestion {
  const position = loadedOf(options, id)
  return { workspace: id, now: options.now(), zone, rules: options.rules(id), position }
}

/** What ClickHouse cannot answer is the fault of the condition, not of the server. */
function throwConditionError(error: unknown): never {
  const fault = conditionErrorOfEngine(error)
  throw fault === undefined ? error : errorOfCommand(fault)
}

/** @throws ApiError 400 that says where a condition is wrong */
function checkCondition(audiences: Audiences, said: SaidAudience): Condition {
  try {
    return wholeCondition(audiences, said)
  } catch (error) {
    const rejection = errorOf(error)
    throw rejection === undefined ? error : errorOfCommand(rejection)
  }
}

function findAudience({ audiences }: Audiences, key: string): AudienceRow {
  const row = audiences.find((each) => each.key === key)
  if (row === undefined) throw new ApiError(404, 'not_found', `There is no audience "${key}".`)
  return row
}

/** Puts a command into the log, waits until it is processed, and says where it stands. */
async function give(
  options: ApiOptions,
  reply: FastifyReply,
  workspace: Workspace,
  command: AudienceCommand,
): Promise<void> {
  reply.header('affluent-position', await submitCommand(options, workspace, command))
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

function progressOf({ backfill, versions }: Audiences, row: AudienceRow): number {
  const isBackfilled = versions.some(({ id, audience, revision }) => {
    return audience === row.id && revision === row.revision && backfill?.versions.includes(id)
  })
  if (backfill === undefined || !isBackfilled) return 0
  return Math.min(0.99, (backfill.doneTo - 1) / Math.max(1, backfill.until - 1))
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

/** Waits for the position that a query names. */
async function waitIfAsked(
  options: ApiOptions,
  request: FastifyRequest<{ Querystring: { readonly after?: string | undefined } }>,
): Promise<void> {
  const after = readAfter(request.query.after)
  if (after !== undefined) await waitFor(options, request.workspace.id, after, 'loaded')
}
