import type { MailText } from '@affluent/core/mail/member-mails'
import { MailRefused, type SystemMail } from '../platform/mail/system-mail.ts'
import type { Log } from '../platform/observability/log.ts'

/**
 * Sends a mail. What the SMTP server says against it is for whoever asked; the log, which names nobody, has its code.
 * @returns why it was not taken; undefined: it was
 */
export async function tryMail(
  { mail, log }: { readonly mail: SystemMail; readonly log: Log },
  to: string,
  text: MailText,
): Promise<string | undefined> {
  try {
    await mail.send(to, text)
    return undefined
  } catch (error) {
    if (!(error instanceof MailRefused)) throw error
    log.warn('mail_refused', { server: mail.server, code: error.code })
    return error.message
  }
}
