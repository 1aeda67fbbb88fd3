import { mailLanguage, testMail } from '@affluent/core/mail/member-mails'
import * as api from '@affluent/protocol/endpoints/system-mail'
import type { FastifyInstance } from 'fastify'
import { ApiError } from '../platform/http/api-error.ts'
import { serve } from '../platform/http/serve.ts'
import type { AccessApi } from './access-api.ts'
import { sessionOf } from './session-of.ts'
import { tryMail } from './try-mail.ts'

/** Mail of the installation: whether it is sent, and a try. */
export function registerSystemMail(app: FastifyInstance, options: AccessApi): void {
  const { clients, limits, log, mail } = options

  serve(app, api.getSystemMail, () => ({
    isSetUp: mail !== undefined,
    from: mail?.from ?? null,
    server: mail?.server ?? null,
  }))

  serve(app, api.testSystemMail, async (request) => {
    if (mail === undefined) throw mailNotSetUp()
    const { id, email, name, language } = sessionOf(request).member
    const account = `mail to ${email}`
    await limits.checkSignIn({ address: clients.addressOf(request.raw), account, device: `member ${id}` })
    const refusal = await tryMail({ mail, log }, email, testMail(mailLanguage(language, null), name))
    return { delivered: refusal === undefined, to: email, refusal: refusal ?? null }
  })
}

/** What is answered where mail would be needed. */
export function mailNotSetUp(): ApiError {
  const message =
    'This installation sends no mail: whoever runs it sets AFFLUENT_SMTP_URL and AFFLUENT_MAIL_FROM.'
  return new ApiError(409, 'mail_not_set_up', message)
}
