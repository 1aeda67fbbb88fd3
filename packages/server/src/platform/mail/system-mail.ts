import type { MailText } from '@affluent/core/mail/member-mails'
import { createTransport } from 'nodemailer'
import type SMTPTransport from 'nodemailer/lib/smtp-transport'

/** Where mail of the system goes out, and as whose. */
export interface MailSettings {
  /** `smtp://` or `smtps://`, with user and password where the server asks for them */
  readonly url: string
  /** an address, or `Name <address>` */
  readonly from: string
}

/** Sends mail of the system: invitations and new passwords, to team members alone. */
export interface SystemMail {
  readonly from: string
  /** host and port, without user and password */
  readonly server: string
  /** @throws MailRefused in words that an operator can act upon */
  send(to: string, mail: MailText): Promise<void>
}

/** The SMTP server did not take a mail: the message has what it said, which may name the address. */
export class MailRefused extends Error {
  override readonly name = 'MailRefused'
  /** for logs, which name nobody: such as `EENVELOPE`, with the server's code where it gave one */
  readonly code: string

  constructor(message: string, { code, ...options }: ErrorOptions & { readonly code: string }) {
    super(message, options)
    this.code = code
  }
}

const WAIT_MS_MAX = 10_000
const SUBMISSION_PORT = 587
const SECURE_PORT = 465

/**
 * Mail by SMTP; a connection a mail, since there are few. Over `smtp://` it is encrypted where the server offers it.
 */
export function createSystemMail({ url, from }: MailSettings): SystemMail {
  const { protocol, hostname, port, username, password } = new URL(url)
  const secure = protocol === 'smtps:'
  const options: SMTPTransport.Options = {
    host: hostname.replace(/^\[|\]$/g, ''),
    port: port === '' ? (secure ? SECURE_PORT : SUBMISSION_PORT) : Number(port),
    secure,
    ...(username === ''
      ? {}
      : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
    connectionTimeout: WAIT_MS_MAX,
    greetingTimeout: WAIT_MS_MAX,
    socketTimeout: WAIT_MS_MAX,
    dnsTimeout: WAIT_MS_MAX,
    // what is written comes from members: no file and no page is read for it
    disableFileAccess: true,
    disableUrlAccess: true,
  }
  const transport = createTransport(options)
  const server = `${options.host}:${options.port}`
  return {
    ...{ from, server },
    async send(to, { subject, text, html }) {
      const headers = { 'Auto-Submitted': 'auto-generated' }
      try {
        // an object: a comma in an address does not make two of it
        await transport.sendMail({ from, to: { name: '', address: to }, subject, text, html, headers })
      } catch (error) {
        const failure = error as Failure
        const code = [failure.code, failure.responseCode].filter((part) => part !== undefined).join(' ')
        throw new MailRefused(refusalOf(failure, server), { code, cause: error })
      }
    },
  }
}

interface Failure {
  readonly code?: string | undefined
  readonly message: string
  /** what the server said */
  readonly response?: string | undefined
  readonly responseCode?: number | undefined
}

function refusalOf({ code = '', message, response }: Failure, server: string): string {
  const said = response === undefined ? '' : ` It said: ${response.trim()}`
  switch (code) {
    case 'EAUTH':
      return `The SMTP server ${server} does not take the user and the password of AFFLUENT_SMTP_URL.${said}`
    case 'EENVELOPE':
      return `The SMTP server ${server} does not take the sender or the recipient.${said}`
    case 'EMESSAGE':
      return `The SMTP server ${server} does not take the message.${said}`
    case 'ETLS':
      return `No encrypted connection to the SMTP server ${server}: ${message}.`
    case 'EDNS':
      return `The name of the SMTP server ${server} is not known.`
    case 'ETIMEDOUT':
      return `The SMTP server ${server} does not answer within ${WAIT_MS_MAX / 1000} s.`
    case 'ECONNECTION':
    case 'ESOCKET':
      return `No connection to the SMTP server ${server}: ${message}.`
    default:
      return `The SMTP server ${server} did not take the mail: ${response?.trim() ?? message}`
  }
}
