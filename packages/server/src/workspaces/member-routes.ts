import { invitationMail, mailLanguage } from '@affluent/core/mail/member-mails'
import type { MemberAnswer } from '@affluent/protocol/endpoints/members'
import * as api from '@affluent/protocol/endpoints/members'
import { INVITATION_MS_MAX } from '@affluent/protocol/limits'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { ApiError } from '../platform/http/api-error.ts'
import { serve } from '../platform/http/serve.ts'
import { AlreadyExists } from '../platform/workspace/already-exists.ts'
import { TooMany } from '../platform/workspace/too-many.ts'
import type { AccessApi } from './access-api.ts'
import {
  changeMember,
  inviteMember,
  listMembers,
  type MemberChange,
  type MemberRecord,
  removeMember,
} from './member-store.ts'
import { findAccount } from './password-reset-store.ts'
import { memberOf, sessionOf } from './session-of.ts'
import { tryMail } from './try-mail.ts'

/** Members of a workspace: listed, invited, given another role, removed. No key may do this. */
export function registerMembers(app: FastifyInstance, options: AccessApi): void {
  const { database, log } = options

  serve(app, api.listMembers, async (request) => {
    const { actor, workspace } = changeOf(request, options)
    const members = await listMembers(database, workspace)
    return { members: members.map((member) => describe(member, actor)) }
  })

  serve(app, api.inviteMember, async (request) => {
    const change = changeOf(request, options)
    const { email, role } = request.body
    const until = readEnd(request.body.until ?? null, change.now)
    const made = await inviteMember(database, change, { email, role, until }).catch(toApiError)
    log.info('member_invited', {
      workspace: change.workspace,
      member: made.member.id,
      role,
      by: change.actor,
    })
    const refusal = await mailInvitation(options, request, made)
    const isMailed = options.mail !== undefined && refusal === undefined
    return {
      member: describe(made.member, change.actor),
      invitation: isMailed ? null : made.invitation,
      mailRefusal: refusal ?? null,
    }
  })

  serve(app, api.updateMember, async (request) => {
    const change = changeOf(request, options)
    const { params, body } = request
    const until = body.until === undefined ? undefined : readEnd(body.until, change.now)
    const wish = { role: body.role, until }
    const member = await changeMember(database, change, numberOfId(params.id), wish)
    if (member === undefined) throw notFound(params.id)
    const { workspace, actor } = change
    log.info('member_changed', { workspace, member: member.id, role: member.role, by: actor })
    return { member: describe(member, actor) }
  })

  serve(app, api.removeMember, async (request) => {
    const change = changeOf(request, options)
    const { id } = request.params
    if (!(await removeMember(database, change, numberOfId(id)))) throw notFound(id)
    log.info('member_removed', { workspace: change.workspace, member: numberOfId(id), by: change.actor })
  })
}

/** @returns why the mail was not taken; undefined: it was, or none is sent here */
async function mailInvitation(
  { consoleUrl, database, log, mail }: AccessApi,
  request: FastifyRequest,
  { member, invitation }: { readonly member: MemberRecord; readonly invitation: string },
): Promise<string | undefined> {
  if (mail === undefined) return undefined
  const inviter = sessionOf(request).member
  const { country, name: workspace } = request.workspace
  const { email, role } = member
  const account = await findAccount(database, email)
  const language = mailLanguage(account?.language ?? null, country, inviter.language)
  // behind the #: browsers do not send it to any server
  const link = `${consoleUrl()}/invitation#${invitation}`
  const days = INVITATION_MS_MAX / 86_400_000
  const text = invitationMail(language, { inviter: inviter.name, workspace, role, link, days })
  return tryMail({ mail, log }, email, text)
}

function changeOf(request: FastifyRequest, { now }: AccessApi): MemberChange {
  const { session, roles } = memberOf(request)
  const { id } = request.workspace
  // whoever has none is let in nowhere here
  const role = roles.get(id) ?? 'viewer'
  return { workspace: id, actor: session.member.id, role, now: now() }
}

function describe(member: MemberRecord, actor: number): MemberAnswer {
  const { id, email, name, role, until, teamMember, invitedUntil, createdAt } = member
  return {
    id: `mem_${id}`,
    ...{ email, name, role },
    until: until?.toISOString() ?? null,
    state: teamMember === null ? 'invited' : 'active',
    invitedUntil: invitedUntil?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
    isYou: teamMember === actor,
  }
}

function readEnd(text: string | null, now: number): Date | null {
  if (text === null) return null
  const end = new Date(text)
  if (end.getTime() > now) return end
  const message = 'The role would be at its end already: give an instant that is still to come, or null.'
  throw new ApiError(400, 'invalid_request', message, { path: 'until' })
}

function notFound(id: string): ApiError {
  return new ApiError(404, 'not_found', `There is no member "${id}" in this workspace.`)
}

function toApiError(error: unknown): never {
  if (error instanceof TooMany) throw new ApiError(400, 'too_many', error.message, { cause: error })
  if (!(error instanceof AlreadyExists)) throw error
  const message = `${error.message} is a member of this workspace already: change the role instead.`
  throw new ApiError(409, 'already_exists', message, { path: 'email', cause: error })
}
