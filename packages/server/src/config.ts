import { resolve } from 'node:path'
import { EMAIL_CHARS_MAX, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from '@affluent/protocol/limits'
import ipaddr from 'ipaddr.js'
import type { MailSettings } from './platform/mail/system-mail.ts'
import { LOG_LEVELS, type LogLevel } from './platform/observability/log.ts'
import { readPrivatePlace } from './platform/outgoing/private-places.ts'
import { ROLES, type Role } from './platform/processing/role.ts'

/** Everything that an operator may set, read once at the start. */
export interface Config {
  readonly port: number
  readonly host: string
  /** absolute path */
  readonly dataDir: string
  readonly demo: boolean
  readonly writeKey: string | undefined
  readonly apiKey: string | undefined
  readonly ownerEmail: string | undefined
  readonly ownerPassword: string | undefined
  readonly rateLimits: boolean
  /** from which age of the oldest waiting event on no more are taken, in milliseconds; undefined: whatever it is */
  readonly lagMaxMs: number | undefined
  readonly databaseUrl: string | undefined
  readonly clickhouseUrl: string | undefined
  readonly roles: ReadonlySet<Role>
  readonly allowedPrivateNetworks: readonly string[]
  readonly trustedProxies: readonly string[]
  readonly allowedHosts: readonly string[]
  /** undefined: no mail is sent */
  readonly mail: MailSettings | undefined
  /** at which people open the console, without a slash at the end; undefined: where it listens */
  readonly publicUrl: string | undefined
  readonly logLevel: LogLevel
}

/** A variable with a value that cannot be used: the process ends with exit code 2 and this one line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
}

type Environment = Readonly<Record<string, string | undefined>>

/** The only reader of the process's environment. */
export function readEnvironment(): Environment {
  return process.env
}

/**
 * Turns the environment into a configuration. docs/settings.md lists every variable with its default.
 * @param env variables by name
 * @throws ConfigError that names the variable and the fix
 */
export function toConfig(env: Environment): Config {
  refuseKafka(env['KAFKA_BROKERS'])
  const publicUrl = readPublicUrl(env['AFFLUENT_PUBLIC_URL'])
  return {
    port: readPort(env['PORT']),
    host: text(env['HOST']) ?? '127.0.0.1',
    dataDir: resolve(text(env['AFFLUENT_DATA_DIR']) ?? '.affluent'),
    demo: readSwitch('AFFLUENT_DEMO', env['AFFLUENT_DEMO']),
    writeKey: readKey('AFFLUENT_WRITE_KEY', env['AFFLUENT_WRITE_KEY']),
    apiKey: readKey('AFFLUENT_API_KEY', env['AFFLUENT_API_KEY']),
    ownerEmail: readEmail(env['AFFLUENT_OWNER_EMAIL']),
    ownerPassword: readPassword(env['AFFLUENT_OWNER_PASSWORD']),
    rateLimits: readSwitch('AFFLUENT_RATE_LIMITS', env['AFFLUENT_RATE_LIMITS']),
    lagMaxMs: readLagMax(env['AFFLUENT_LAG_MAX_SECONDS']),
    databaseUrl: readUrl('DATABASE_URL', env['DATABASE_URL'], ['postgres:', 'postgresql:']),
    clickhouseUrl: readUrl('CLICKHOUSE_URL', env['CLICKHOUSE_URL'], ['http:', 'https:']),
    roles: readRoles(env['AFFLUENT_ROLES']),
    allowedPrivateNetworks: readPrivatePlaces(env['AFFLUENT_ALLOWED_PRIVATE_NETWORKS']),
    trustedProxies: readProxies(env['AFFLUENT_TRUSTED_PROXIES']),
    allowedHosts: readHosts(env['AFFLUENT_ALLOWED_HOSTS']),
    mail: readMail(env, publicUrl),
    publicUrl,
    logLevel: readLogLevel(env['AFFLUENT_LOG_LEVEL']),
  }
}

function text(value: string | undefined): string | undefined {
  const trimmed = value?.trim()
  return trimmed === '' ? undefined : trimmed
}

function refuseKafka(value: string | undefined): void {
  if (text(value) === undefined) return
  throw new ConfigError(
    'KAFKA_BROKERS is set, but Kafka is not available yet: unset it; the log then lives in PostgreSQL.',
  )
}

function readPort(value: string | undefined): number {
  if (text(value) === undefined) return 8080
  const port = Number(value)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new ConfigError(`PORT must be a whole number from 0 to 65535; "${value}" is not. Default: 8080.`)
}

function readSwitch(name: string, value: string | undefined): boolean {
  const word = text(value)?.toLowerCase()
  if (word === undefined || word === 'on' || word === 'true' || word === '1') return true
  if (word === 'off' || word === 'false' || word === '0') return false
  throw new ConfigError(`${name} must be "on" or "off"; "${value}" is neither. Default: on.`)
}

const LAG_MAX_SECONDS = 60
const LAG_SECONDS_MAX = 86_400

function readLagMax(value: string | undefined): number | undefined {
  const said = text(value)
  if (said?.toLowerCase() === 'off') return undefined
  const seconds = said === undefined ? LAG_MAX_SECONDS : Number(said)
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= LAG_SECONDS_MAX) return seconds * 1_000
  throw new ConfigError(
    `AFFLUENT_LAG_MAX_SECONDS must be a whole number from 1 to ${LAG_SECONDS_MAX}, or "off"; "${value}" is neither. Default: ${LAG_MAX_SECONDS}.`,
  )
}

function readKey(name: string, value: string | undefined): string | undefined {
  const key = text(value)
  if (key === undefined || /^[\w.~-]{8,128}$/.test(key)) return key
  throw new ConfigError(`${name} must be 8 to 128 letters, digits or any of _ . ~ - and is something else.`)
}

function readEmail(value: string | undefined): string | undefined {
  const email = text(value)
  if (email === undefined) return undefined
  if (/^[^\s@]+@[^\s@]+$/.test(email) && email.length <= EMAIL_CHARS_MAX) return email
  throw new ConfigError('AFFLUENT_OWNER_EMAIL must be an e-mail address, such as you@example.com.')
}

function readPassword(value: string | undefined): string | undefined {
  if (value === undefined || value === '') return undefined
  if (value.length >= PASSWORD_CHARS_MIN && value.length <= PASSWORD_CHARS_MAX) return value
  throw new ConfigError(
    `AFFLUENT_OWNER_PASSWORD must be ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters long.`,
  )
}

function readUrl(name: string, value: string | undefined, protocols: readonly string[]): string | undefined {
  const url = text(value)
  if (url === undefined) return undefined
  const allowed = protocols.map((protocol) => `${protocol}//`).join(' or ')
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed !== undefined && protocols.includes(parsed.protocol)) return url
  throw new ConfigError(
    `${name} must be a URL that begins with ${allowed}. Unset it to use the embedded engine.`,
  )
}

function readPublicUrl(value: string | undefined): string | undefined {
  const url = text(value)
  if (url === undefined) return undefined
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const isPlain = parsed !== undefined && parsed.search === '' && parsed.hash === '' && parsed.username === ''
  if (isPlain && ['http:', 'https:'].includes(parsed.protocol)) return parsed.href.replace(/\/+$/, '')
  throw new ConfigError(
    `AFFLUENT_PUBLIC_URL must be the address at which people open the console, such as https://cdp.example.com; "${url}" is not.`,
  )
}

/** Mail goes out with links, so it must be known where they lead: no name that a request gives may decide it. */
function readMail(env: Environment, publicUrl: string | undefined): MailSettings | undefined {
  const url = text(env['AFFLUENT_SMTP_URL'])
  const from = readSender(env['AFFLUENT_MAIL_FROM'])
  if (url === undefined) return undefined
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  const isSmtp =
    parsed !== undefined && ['smtp:', 'smtps:'].includes(parsed.protocol) && parsed.hostname !== ''
  // it may hold a password: it is not said again
  if (!isSmtp || !isDecodable(parsed.username) || !isDecodable(parsed.password))
    throw new ConfigError(
      'AFFLUENT_SMTP_URL must be smtp://host:587 or smtps://host:465, with user:password@ before the host where the server asks for them, special characters as %40; it is something else.',
    )
  if (from === undefined)
    throw new ConfigError(
      'AFFLUENT_MAIL_FROM must be set where AFFLUENT_SMTP_URL is: the sender of mail, such as "Affluent <cdp@example.com>".',
    )
  const host = text(env['HOST'])
  if (publicUrl === undefined && (host === '0.0.0.0' || host === '::'))
    throw new ConfigError(
      'AFFLUENT_PUBLIC_URL must be set where AFFLUENT_SMTP_URL is and HOST listens to every network: links in mail lead there, such as https://cdp.example.com.',
    )
  return { url, from }
}

function readSender(value: string | undefined): string | undefined {
  const sender = text(value)
  if (sender === undefined) return undefined
  const address = /^[^<>\r\n]*<([^<>]+)>$/.exec(sender)?.[1] ?? sender
  if (/^[^\s@<>,;]+@[^\s@<>,;]+$/.test(address)) return sender
  throw new ConfigError(
    `AFFLUENT_MAIL_FROM must be an address, or a name with an address such as "Affluent <cdp@example.com>"; "${sender}" is neither.`,
  )
}

function isDecodable(escaped: string): boolean {
  try {
    decodeURIComponent(escaped)
    return true
  } catch {
    return false
  }
}

function readRoles(value: string | undefined): ReadonlySet<Role> {
  const words = (text(value) ?? 'all').split(',').map((word) => word.trim())
  if (words.includes('all')) return new Set(ROLES)
  for (const word of words) {
    if (!(ROLES as readonly string[]).includes(word)) {
      throw new ConfigError(
        `AFFLUENT_ROLES must be "all" or a list of ${ROLES.join(', ')}; "${word}" is neither.`,
      )
    }
  }
  return new Set(words as Role[])
}

function readPrivatePlaces(value: string | undefined): readonly string[] {
  const places = readList(value)
  for (const place of places) {
    if (readPrivatePlace(place) === undefined) {
      throw new ConfigError(
        `AFFLUENT_ALLOWED_PRIVATE_NETWORKS must be a list such as 10.0.0.0/8,192.168.1.5:8080,crm.internal:443; "${place}" is neither a network nor a host with its port.`,
      )
    }
  }
  return places
}

function readProxies(value: string | undefined): readonly string[] {
  const networks = readList(value)
  for (const network of networks) {
    if (!ipaddr.isValidCIDR(network)) {
      throw new ConfigError(
        `AFFLUENT_TRUSTED_PROXIES must be a list such as 10.0.0.0/8,192.168.1.5/32; "${network}" is no network.`,
      )
    }
  }
  return networks
}

function readHosts(value: string | undefined): readonly string[] {
  const hosts = readList(value)
  for (const host of hosts) {
    if (host !== '*' && !/^[\w-]+(\.[\w-]+)*$/.test(host)) {
      throw new ConfigError(
        `AFFLUENT_ALLOWED_HOSTS must be a list of names without scheme and port, such as cdp.example.com, or "*"; "${host}" is neither.`,
      )
    }
  }
  return hosts
}

function readList(value: string | undefined): readonly string[] {
  return (text(value) ?? '')
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

function readLogLevel(value: string | undefined): LogLevel {
  const level = text(value) ?? 'info'
  if ((LOG_LEVELS as readonly string[]).includes(level)) return level as LogLevel
  throw new ConfigError(`AFFLUENT_LOG_LEVEL must be one of ${LOG_LEVELS.join(', ')}; "${value}" is not.`)
}
