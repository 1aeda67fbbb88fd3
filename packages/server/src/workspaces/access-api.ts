import type { ApiOptions } from '../platform/http/api-context.ts'
import type { SystemMail } from '../platform/mail/system-mail.ts'
import type { KnownDevices } from './known-devices.ts'
import type { PasswordHashes } from './password-hashes.ts'
import type { Sessions } from './sessions.ts'

/** What signing in and the calls of team members need. */
export interface AccessApi extends ApiOptions {
  readonly sessions: Sessions
  readonly passwords: PasswordHashes
  readonly devices: KnownDevices
  /** undefined: the installation sends no mail */
  readonly mail: SystemMail | undefined
  /** where people open the console, without a slash at the end */
  readonly consoleUrl: () => string
  /** the operator has fixed the owner's password */
  readonly passwordIsFixed: boolean
}
