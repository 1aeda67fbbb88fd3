import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { normalizeIdentifier } from '@affluent/core/identity/normalize-identifier'
import { formatProfileId } from '@affluent/core/profile/profile-id'
import {
  decisionQuery,
  identifierPairBody,
  type RegroupingAnswer,
  regroupingAnswer,
  unmergeBody,
} from '@affluent/protocol/api'
import type { Identifier, JsonObject } from '@affluent/protocol/event'
import type { Infer } from '@affluent/protocol/schema'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Command, Unmerge } from '../pipeline/command.ts'
import type { CommandResult } from '../pipeline/decide-command.ts'
import { tryCommand } from '../pipeline/try-command.ts'
import { viewIdentifiers, wasDecidedAt } from '../stores/profile-view.ts'
import type { Workspace } from '../stores/registry.ts'
import { type ApiOptions, ERRORS, SECURITY, typed, waitFor } from './api-context.ts'
import { readAfter } from './read-query.ts'
import { RefusalError } from './refusal-error.ts'

/** A reviewer's word on who is who: merges undone, profiles kept apart, profiles linked. Each can be tried first. */
export function registerUndo(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)
  const shared = {
    tags: ['Identity'],
    security: SECURITY,
    querystring: decisionQuery,
    response: { 200: regroupingAnswer, ...ERRORS },
  }

  api.route({
    method: 'POST',
    url: '/v1/identity/unmerge',
    schema: {
      ...shared,
      summary: 'Undoes one merge, or all merges that an identifier caused; the sides do not merge again',
      body: unmergeBody,
    },
    handler: (request, reply) =>
      decide(
        options,
        request,
        reply,
        readUnmerge(request.body, options.now(), options.rules(request.workspace.id)),
      ),
  })

  api.route({
    method: 'POST',
    url: '/v1/identity/cannot-link',
    schema: {
      ...shared,
      summary: 'Two identifiers are not one person: parts their profile, and keeps the two apart',
      body: identifierPairBody,
    },
    handler: (request, reply) => {
      const pair = readPair(request.body, options.rules(request.workspace.id))
      return decide(options, request, reply, { kind: 'set_cannot_link', at: options.now(), ...pair })
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/identity/link',
    schema: {
      ...shared,
      summary: 'Two identifiers are one person: joins their profiles, whatever the rules say',
      body: identifierPairBody,
    },
    handler: (request, reply) => {
      const pair = readPair(request.body, options.rules(request.workspace.id))
      return decide(options, request, reply, { kind: 'force_link', at: options.now(), ...pair })
    },
  })
}

/** Tries a command on the committed state, so that what is void never reaches the log; then gives it, unless only the trial was asked for. */
async function decide(
  options: ApiOptions,
  request: FastifyRequest,
  reply: FastifyReply,
  command: Command,
): Promise<RegroupingAnswer> {
  const { workspace } = request
  const query = request.query as Infer<typeof decisionQuery>
  const after = readAfter(query.after)
  if (after !== undefined) await waitFor(options, workspace.id, after, 'walked')
  const tried = regroupingOf(
    await tryCommand(options.database, workspace.id, options.rules(workspace.id), command),
  )
  if (query.dryRun === 'true') return describe(options, workspace, tried)
  const { position, result } = await options.command(workspace.id, command)
  await waitFor(options, workspace.id, position, 'walked')
  reply.header('affluent-position', position)
  const obeyed = result()
  if (obeyed !== undefined) return describe(options, workspace, regroupingOf(obeyed))
  await checkWalkedElsewhere(options, workspace, tried, position)
  return describe(options, workspace, tried)
}

/** Another process walked the command: the ledger says whether it did what the trial said. */
async function checkWalkedElsewhere(
  { database }: ApiOptions,
  workspace: Workspace,
  { regrouping: tried }: Regrouped,
  position: number,
): Promise<void> {
  const fragments = tried.after.flatMap((profile) => profile.fragments)
  if (!tried.isNew || (await wasDecidedAt(database, workspace.id, fragments, position))) return
  const message = 'Something else changed these profiles at the same moment; look at them and try again.'
  throw new RefusalError(503, 'not_ready', message, { retryAfterSeconds: 1 })
}

type Regrouped = Extract<CommandResult, { kind: 'regrouped' }>

/** @throws RefusalError when the command changed nothing */
function regroupingOf(result: CommandResult): Regrouped {
  if (result.kind === 'regrouped') return result
  if (result.kind === 'done') throw new Error('A decision about profiles was answered as if it were none.')
  const { code, message, path } = result.reason
  const status = code === 'not_found' ? 404 : code === 'processing_failed' ? 500 : 409
  throw new RefusalError(status, code, message, path === undefined ? {} : { path })
}

async function describe(
  { database, audiences }: ApiOptions,
  workspace: Workspace,
  { regrouping, memberships }: Regrouped,
): Promise<RegroupingAnswer> {
  const { before, after, cut, evidence } = regrouping
  const { keys } = audiences(workspace.id)
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
  { ledgerId, identifier }: Infer<typeof unmergeBody>,
  at: number,
  rules: IdentityRules,
): Unmerge {
  if (ledgerId !== undefined && identifier === undefined) {
    return { kind: 'unmerge', at, ledger: Number(ledgerId.slice('led_'.length)) }
  }
  if (identifier !== undefined && ledgerId === undefined) {
    return { kind: 'unmerge', at, identifier: readIdentifier(identifier, 'identifier', rules) }
  }
  throw new RefusalError(400, 'invalid_request', 'Name either a "ledgerId" or an "identifier".', {
    path: 'ledgerId',
  })
}

function readPair(
  { a, b }: Infer<typeof identifierPairBody>,
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
  throw new RefusalError(404, 'not_found', 'No profile has this identifier.', { path })
}
