import { mailLanguage, resetMail } from '@affluent/core/mail/member-mails'
import * as api from '@affluent/protocol/endpoints/password-resets'
import { PASSWORD_RESET_MS_MAX } from '@affluent/protocol/limits'
import { isWithin, rolesOf } from '@affluent/protocol/permission'
import { numberOfId } from '@affluent/protocol/text'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../platform/http/api-error.ts'
import type { Roles } from '../platform/http/caller.ts'
import { serve } from '../platform/http/serve.ts'
import type { AccessApi } from './access-api.ts'
import { refuseForeignOrigin } from './authenticate.ts'
import { mailNotSetUp } from './mail-routes.ts'
import { listMembers } from './member-store.ts'
import { type Account, findAccount, makeReset, type NewReset, readRolesOf } from './password-reset-store.ts'
import { memberOf } from './session-of.ts'
import { tryMail } from './try-mail.ts'

/** Links to a new password: asked for by mail, or made for a member by an owner or admin. */
export function registerPasswordResets(app: FastifyInstance, options: AccessApi): void {
  const { clients, database, limits, log, mail, now } = options

  serve(app, api.requestPasswordReset, async (request) => {
    refuseForeignOrigin(request)
    if (mail === undefined) throw mailNotSetUp()
    const email = request.body.email.toLowerCase()
    // counted apart from signing in: nobody is kept out by links that others ask for
    const account = `new password of ${email}`
    await limits.checkSignIn({ address: clients.addressOf(request.raw), account, device: undefined })
    // nobody waits for it: how long it takes would tell whether there is such an account
    void mailReset(options, email).catch((error) => log.warn('password_reset_not_mailed', { error }))
  })

  serve(app, api.createPasswordReset, async (request) => {
    const { workspace, params } = request
    const { session, roles } = memberOf(request)
    const actor = session.member.id
    const member = (await listMembers(database, workspace.id)).find(({ id }) => id === numberOfId(params.id))
    if (member === undefined)
      throw new ApiError(404, 'not_found', `There is no member "${params.id}" in this workspace.`)
    if (member.teamMember === null) {
      const message = 'Whoever has not accepted the invitation yet has no password: invite them again.'
      throw new ApiError(409, 'not_accepted', message)
    }
    await checkMayOpen(options, { actor, roles }, member.teamMember)
    const account = await findAccount(database, member.email)
    const reset = account && (await makeReset(database, account.id, now()))
    if (account === undefined || reset === undefined) {
      const message = 'So many links of this member may be used already: wait until they have ended.'
      throw new ApiError(429, 'rate_limited', message, { retryAfterSeconds: PASSWORD_RESET_MS_MAX / 1000 })
    }
    log.info('password_reset_made', { workspace: workspace.id, member: member.teamMember, by: actor })
    const refusal = await send(options, account, reset, workspace.country)
    const isMailed = mail !== undefined && refusal === undefined
    return {
      reset: isMailed ? null : reset.secret,
      until: reset.until.toISOString(),
      mailRefusal: refusal ?? null,
    }
  })
}

async function mailReset(options: AccessApi, email: string): Promise<void> {
  const { database, log, now } = options
  const account = await findAccount(database, email)
  if (account === undefined) return
  const reset = await makeReset(database, account.id, now())
  if (reset === undefined) return
  const refusal = await send(options, account, reset, null)
  if (refusal === undefined) log.info('password_reset_mailed', { member: account.id })
  else log.warn('password_reset_not_mailed', { member: account.id })
}

/** @returns why the mail was not taken; undefined: it was, or none is sent here */
async function send(
  { consoleUrl, log, mail }: AccessApi,
  { email, language }: Account,
  { secret }: NewReset,
  country: string | null,
): Promise<string | undefined> {
  if (mail === undefined) return undefined
  // behind the #: browsers do not send it to any server
  const link = `${consoleUrl()}/password-reset#${secret}`
  const minutes = PASSWORD_RESET_MS_MAX / 60_000
  return tryMail({ mail, log }, email, resetMail(mailLanguage(language, country), { email, link, minutes }))
}

/**
 * Whoever has the link has the account, and with it all its workspaces: nobody may gain more by it than they have.
 * @throws ApiError 403 `not_allowed`
 */
async function checkMayOpen(
  { database, now }: AccessApi,
  { actor, roles: own }: { readonly actor: number; readonly roles: Roles },
  member: number,
): Promise<void> {
  if (actor === member) return
  for (const [workspace, role] of await readRolesOf(database, member, now())) {
    const mine = own.get(workspace)
    if (mine !== undefined && rolesOf('members:edit')?.includes(mine) && isWithin(role, mine)) continue
    const message =
      'This member may do more than you, here or in another workspace: the password would open that too. Ask an owner there, or let them ask for a link by mail.'
    throw new ApiError(403, 'not_allowed', message, { needs: 'members:edit' })
  }
}
