import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { MEMBER_SESSIONS_MAX, SESSION_IDLE_MS_MAX, SESSION_MS_MAX } from '@affluent/protocol/limits'
import { type Database, inTransaction } from '../database/connect.ts'
import type { PasswordHashes } from './password-hashes.ts'

/** A person who signs in to the console. */
export interface TeamMember {
  readonly id: number
  readonly email: string
  readonly name: string
  /** in which the console speaks to them; null: as the browser asks */
  readonly language: 'fr' | 'en' | null
}

/** A team member who has signed in. */
export interface Session {
  readonly token: string
  /** what a request that changes something must carry beside the cookie */
  readonly csrf: string
  readonly member: TeamMember
  /** when it ends unless it is used again, milliseconds since the epoch */
  readonly expiresAt: number
}

const TOKEN_BYTES = 32
const TOKEN = /^[\w-]{43}$/
/** A session that was used so lately is not written to. */
const TOUCH_MS = 60_000

/** Sessions of team members (ADR 0011). A session is asked for in the database each time, so that one that was ended anywhere ends here at once. */
export class Sessions {
  readonly #database: Database
  readonly #passwords: PasswordHashes
  readonly #now: () => number

  constructor(options: { database: Database; passwords: PasswordHashes; now: () => number }) {
    this.#database = options.database
    this.#passwords = options.passwords
    this.#now = options.now
  }

  /**
   * Begins a session.
   * @returns undefined when there is no such member or the password is another one: which of the two is not said
   * @throws TooManyPasswords
   */
  async begin(email: string, password: string): Promise<Session | undefined> {
    const { rows } = await this.#database.query<TeamMember & { hash: string }>(
      'select id, email, name, language, password_hash as hash from team_member where email = $1',
      [email.toLowerCase()],
    )
    const [found] = rows
    const isRight = await this.#passwords.isRight(found?.hash, password)
    if (found === undefined || !isRight) return undefined
    const { hash, ...member } = found
    const token = randomBytes(TOKEN_BYTES).toString('base64url')
    const at = new Date(this.#now())
    const isKept = await inTransaction(this.#database, async (client) => {
      // a password that was changed meanwhile is no longer right
      const { rowCount } = await client.query(
        `insert into session (token_hash, team_member_id, created_at, used_at)
         select $1, id, $4, $4 from team_member where id = $2 and password_hash = $3`,
        [hashToken(token), member.id, hash, at],
      )
      await client.query(
        `delete from session where token_hash in (
           select token_hash from session where team_member_id = $1 order by created_at desc offset $2)`,
        [member.id, MEMBER_SESSIONS_MAX],
      )
      return rowCount === 1
    })
    return isKept ? toSession(token, member, at.getTime(), at.getTime()) : undefined
  }

  /** The session of a token, which is used by it; undefined when it has ended or never was. */
  async use(token: string): Promise<Session | undefined> {
    if (!TOKEN.test(token)) return undefined
    const { rows } = await this.#database.query<TeamMember & { created: Date; used: Date }>({
      name: 'session',
      text: `select m.id, m.email, m.name, m.language, s.created_at as created, s.used_at as used
             from session s join team_member m on m.id = s.team_member_id where s.token_hash = $1`,
      values: [hashToken(token)],
    })
    const [row] = rows
    if (row === undefined) return undefined
    const { created, used, ...member } = row
    const now = this.#now()
    if (now >= endOf(created.getTime(), used.getTime())) {
      await this.end(token)
      return undefined
    }
    if (now - used.getTime() >= TOUCH_MS)
      await this.#database.query('update session set used_at = $2 where token_hash = $1', [
        hashToken(token),
        new Date(now),
      ])
    return toSession(token, member, created.getTime(), now)
  }

  async end(token: string): Promise<void> {
    await this.#database.query('delete from session where token_hash = $1', [hashToken(token)])
  }

  /** Changes what a member has said of themselves; what is undefined stays. */
  async changeMember(
    member: TeamMember,
    change: Partial<Pick<TeamMember, 'name' | 'language'>>,
  ): Promise<TeamMember> {
    const changed = { ...member, ...change }
    await this.#database.query('update team_member set name = $2, language = $3 where id = $1', [
      member.id,
      changed.name,
      changed.language,
    ])
    return changed
  }
}

/** Forgets sessions that have ended by themselves. */
export async function dropEndedSessions(database: Database, now: number): Promise<void> {
  await database.query('delete from session where created_at <= $1 or used_at <= $2', [
    new Date(now - SESSION_MS_MAX),
    new Date(now - SESSION_IDLE_MS_MAX),
  ])
}

/** Whether a request carries the session's second secret; the time that it takes says nothing. */
export function hasCsrf(session: Session, sent: string | undefined): boolean {
  if (sent === undefined) return false
  const wanted = createHash('sha256').update(session.csrf).digest()
  return timingSafeEqual(wanted, createHash('sha256').update(sent).digest())
}

function toSession(token: string, member: TeamMember, created: number, used: number): Session {
  // made from the token, which no other site can read: nothing more to keep
  const csrf = createHmac('sha256', token).update('affluent csrf').digest('base64url')
  return { token, csrf, member, expiresAt: endOf(created, used) }
}

function endOf(created: number, used: number): number {
  return Math.min(created + SESSION_MS_MAX, used + SESSION_IDLE_MS_MAX)
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
