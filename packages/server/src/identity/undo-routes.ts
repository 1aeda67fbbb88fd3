import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { normalizeIdentifier } from '@affluent/core/identity/normalize-identifier'
import { formatProfileId, readProfileId } from '@affluent/core/profile/profile-id'
import type { EndpointBody, EndpointQuery } from '@affluent/protocol/endpoint'
import type { RegroupingAnswer } from '@affluent/protocol/endpoints/identity'
import * as api from '@affluent/protocol/endpoints/identity'
import type { Identifier, JsonObject } from '@affluent/protocol/event'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { waitFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { authorOf } from '../platform/http/author-of.ts'
import { readAfter } from '../platform/http/read-query.ts'
import { serve } from '../platform/http/serve.ts'
import type { CommandResult } from '../platform/processing/command-decision.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import type { IdentityCommand, Unmerge } from './command.ts'
import { viewIdentifiers, wasDecidedAt } from './find-people.ts'
import type { IdentityApi } from './identity-api.ts'

/** A reviewer's word on who is who: merges undone, profiles kept apart, profiles linked. Each can be tried first. */
export function registerUndo(app: FastifyInstance, options: IdentityApi): void {
  serve(app, api.unmerge, (request, reply) => {
    const rules = options.rules(request.workspace.id)
    return decide(options, request, reply, (given) => readUnmerge(request.body, given, rules))
  })

  serve(app, api.setCannotLink, (request, reply) => {
    const pair = readPair(request.body, options.rules(request.workspace.id))
    return decide(options, request, reply, (given) => ({ kind: 'set_cannot_link', ...given, ...pair }))
  })

  serve(app, api.linkProfiles, (request, reply) => {
    const pair = readLink(request.body, request.workspace, options.rules(request.workspace.id))
    return decide(options, request, reply, (given) => ({ kind: 'force_link', ...given, ...pair }))
  })
}

/**
 * Tries a command on the committed state, so that what is void never reaches the log; then gives it, unless only the
 * trial was asked for.
 */
async function decide(
  options: IdentityApi,
  request: FastifyRequest<{ Querystring: EndpointQuery<typeof api.unmerge> }>,
  reply: FastifyReply,
  commandOf: (given: Given) => IdentityCommand,
): Promise<RegroupingAnswer> {
  const { workspace } = request
  const command = commandOf({ at: options.now(), author: authorOf(request.caller) })
  const { query } = request
  const after = readAfter(query.after)
  if (after !== undefined) await waitFor(options, workspace.id, after, 'processed')
  const tried = regroupingOf(await options.tryCommand(workspace.id, command))
  if (query.dryRun === 'true') return describe(options, workspace, tried)
  const { position, result } = await options.command(workspace.id, command)
  await waitFor(options, workspace.id, position, 'processed')
  reply.header('affluent-position', position)
  const applied = await result()
  if (applied !== undefined) return describe(options, workspace, regroupingOf(applied))
  await checkProcessedElsewhere(options, workspace, tried, position)
  return describe(options, workspace, tried)
}

/** Another process processed the command: the ledger says whether it did what the trial said. */
async function checkProcessedElsewhere(
  { database }: IdentityApi,
  workspace: Workspace,
  { regrouping: tried }: Regrouped,
  position: number,
): Promise<void> {
  const fragments = tried.after.flatMap((profile) => profile.fragments)
  if (!tried.isNew || (await wasDecidedAt(database, workspace.id, fragments, position))) return
  const message = 'Something else changed these profiles at the same moment; look at them and try again.'
  throw new ApiError(503, 'not_ready', message, { retryAfterSeconds: 1 })
}

/** When a reviewer said it, and who that is. */
type Given = Pick<Unmerge, 'at' | 'author'>

/** @throws ApiError 400 when it is not one of the two forms, 404 */
function readLink(
  { profiles, a, b }: EndpointBody<typeof api.linkProfiles>,
  workspace: Workspace,
  rules: IdentityRules,
): { readonly profiles: [number, number] } | { readonly a: Identifier; readonly b: Identifier } {
  if (profiles !== undefined && a === undefined && b === undefined)
    return { profiles: readProfiles(profiles, workspace) }
  if (profiles === undefined && a !== undefined && b !== undefined) return readPair({ a, b }, rules)
  const path = profiles !== undefined ? 'profiles' : a === undefined ? 'a' : 'b'
  throw new ApiError(400, 'invalid_request', 'Name either two "profiles" or the identifiers "a" and "b".', {
    path,
  })
}

/** @throws ApiError 404 */
function readProfiles([a, b]: readonly [string, string], { profileIdKey }: Workspace): [number, number] {
  const read = (id: string, path: string): number => {
    const fragment = readProfileId(id, profileIdKey)
    if (fragment !== undefined) return fragment
    throw new ApiError(404, 'not_found', 'There is no profile with this id.', { path })
  }
  return [read(a, 'profiles.0'), read(b, 'profiles.1')]
}

type Regrouped = Extract<CommandResult, { kind: 'regrouped' }>

/** @throws ApiError when the command changed nothing */
function regroupingOf(result: CommandResult): Regrouped {
  if (result.kind === 'regrouped') return result
  if (result.kind === 'done') throw new Error('A decision about profiles was answered as if it were none.')
  const { code, message, path } = result.reason
  const status = code === 'not_found' ? 404 : code === 'processing_failed' ? 500 : 409
  throw new ApiError(status, code, message, path === undefined ? {} : { path })
}

async function describe(
  { database, audienceKeys }: IdentityApi,
  workspace: Workspace,
  { regrouping, memberships }: Regrouped,
): Promise<RegroupingAnswer> {
  const { before, after, cut, evidence } = regrouping
  const keys = audienceKeys(workspace.id)
  const identifiers = await viewIdentifiers(database, workspace.id, [
    ...after.flatMap(({ folded }) => folded.identifiers.map(({ id }) => id)),
    ...evidence.map(({ identifier }) => identifier),
  ])
  const idOf = (profile: number): string => formatProfileId(profile, workspace.profileIdKey)
  return {
    profiles: after.map(({ folded }) => idOf(folded.profile)),
    changes: {
      before: before.map(({ profile }) => idOf(profile)),
      after: after.map(({ folded, fragments, changedTraits, laterMerges }) => ({
        id: idOf(folded.profile),
        kind: folded.kind,
        identifiers: folded.identifiers.flatMap(({ id }) => identifiers.get(id) ?? []),
        traits: Object.fromEntries(
          [...folded.traits].map(([name, { value }]) => [name, value]),
        ) as JsonObject,
        changedTraits: [...changedTraits],
        events: folded.events,
        fragments: fragments.length,
        laterMerges: laterMerges.map(ledgerId),
      })),
      cutMerges: cut.map(ledgerId),
      evidence: evidence.flatMap(({ identifier, profile, carriedBy, isBlocked }) => {
        const named = identifiers.get(identifier)
        if (named === undefined) return []
        return [
          { identifier: named, profile: idOf(profile), carriedBy: carriedBy.map(idOf), blocked: isBlocked },
        ]
      }),
      audiences: memberships.flatMap(({ version, profile, entered }) => {
        const audience = keys.get(version)
        return audience === undefined ? [] : [{ audience, profile: idOf(profile), entered }]
      }),
    },
  }
}

function ledgerId(number: number): string {
  return `led_${number}`
}

function readUnmerge(
  { ledgerId, identifier }: EndpointBody<typeof api.unmerge>,
  given: Given,
  rules: IdentityRules,
): Unmerge {
  if (ledgerId !== undefined && identifier === undefined) {
    return { kind: 'unmerge', ...given, ledger: Number(ledgerId.slice('led_'.length)) }
  }
  if (identifier !== undefined && ledgerId === undefined) {
    return { kind: 'unmerge', ...given, identifier: readIdentifier(identifier, 'identifier', rules) }
  }
  throw new ApiError(400, 'invalid_request', 'Name either a "ledgerId" or an "identifier".', {
    path: 'ledgerId',
  })
}

function readPair(
  { a, b }: EndpointBody<typeof api.setCannotLink>,
  rules: IdentityRules,
): { a: Identifier; b: Identifier } {
  return { a: readIdentifier(a, 'a', rules), b: readIdentifier(b, 'b', rules) }
}

/** The identifier in the form in which it is stored. */
function readIdentifier(
  { namespace, value }: Identifier,
  path: string,
  { country }: IdentityRules,
): Identifier {
  const normal = normalizeIdentifier(namespace, value, country)
  if (normal !== undefined && !normal.includes('\u0000') && !namespace.includes('\u0000')) {
    return { namespace, value: normal }
  }
  throw new ApiError(404, 'not_found', 'No profile has this identifier.', { path })
}
