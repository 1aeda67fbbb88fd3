import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import PostalMime, { type Email } from 'postal-mime'
import { SMTPServer } from 'smtp-server'

/** A mail as it came. */
export interface ReceivedMail extends Email {
  /** of the envelope */
  readonly recipients: readonly string[]
}

const WAIT_MS = 10_000

/** A real SMTP server on loopback, which keeps what came. */
export class MailServer {
  readonly received: ReceivedMail[] = []
  /** what it says instead of taking a recipient */
  refusal: string | undefined
  readonly #server: SMTPServer

  private constructor(auth: { readonly user: string; readonly password: string } | undefined) {
    this.#server = new SMTPServer({
      disabledCommands: auth === undefined ? ['STARTTLS', 'AUTH'] : ['STARTTLS'],
      authOptional: auth === undefined,
      allowInsecureAuth: true,
      logger: false,
      onAuth: ({ username, password }, _, done) =>
        username === auth?.user && password === auth?.password
          ? done(null, { user: username })
          : done(new Error('Wrong user or password')),
      onRcptTo: (_, __, done) => {
        if (this.refusal === undefined) done()
        else done(Object.assign(new Error(this.refusal), { responseCode: 550 }))
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = []
        stream.on('data', (chunk: Buffer) => chunks.push(chunk))
        stream.on('end', () => {
          const recipients = session.envelope.rcptTo.map(({ address }) => address)
          void PostalMime.parse(Buffer.concat(chunks)).then((email) => {
            this.received.push({ ...email, recipients })
            done()
          })
        })
      },
    })
  }

  static async start(auth?: { readonly user: string; readonly password: string }): Promise<MailServer> {
    const server = new MailServer(auth)
    await new Promise<void>((resolve) => server.#server.listen(0, '127.0.0.1', resolve))
    return server
  }

  get port(): number {
    return (this.#server.server.address() as AddressInfo).port
  }

  /** Waits until so many mails have come. */
  async waitFor(count: number): Promise<readonly ReceivedMail[]> {
    const end = Date.now() + WAIT_MS
    while (this.received.length < count) {
      if (Date.now() > end) throw new Error(`${this.received.length} mails have come, not ${count}.`)
      await pause(20)
    }
    return this.received
  }

  async stop(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }
}
