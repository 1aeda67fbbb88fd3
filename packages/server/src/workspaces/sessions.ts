import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { MEMBER_SESSIONS_MAX, SESSION_IDLE_MS_MAX, SESSION_MS_MAX } from '@affluent/protocol/limits'
import type { Role } from '@affluent/protocol/role'
import { type Database, inTransaction } from '../platform/database/connect.ts'
import type { MemberCaller, Session, TeamMember } from '../platform/http/caller.ts'
import type { PasswordHashes } from './password-hashes.ts'

/** From where somebody signs in. */
export interface Origin {
  /** browser and system in words; null: it does not say */
  readonly device: string | null
  /** its network: an address cut */
  readonly address: string
}

/** A session as its member sees it in a list. */
export interface SessionRecord {
  readonly id: number
  readonly device: string | null
  readonly address: string | null
  readonly createdAt: Date
  /** to the minute */
  readonly usedAt: Date
}

interface SessionRow extends TeamMember {
  readonly session: number
  readonly created: Date
  readonly used: Date
  readonly roles: readonly (readonly [workspace: number, role: Role])[]
  readonly viewAs: Role | null
}

const TOKEN_BYTES = 32
const TOKEN = /^[\w-]{43}$/
/** A session that was used so lately is not written to. */
const TOUCH_MS = 60_000

/**
 * Sessions of team members (ADR 0011). A session is asked for in the database each time, so that one that was ended
 * anywhere ends here at once.
 */
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
  async begin(email: string, password: string, { device, address }: Origin): Promise<Session | undefined> {
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
    const id = await inTransaction(this.#database, async (client) => {
      // a password that was changed meanwhile is no longer right
      const kept = await client.query<{ id: number }>(
        `insert into session (token_hash, team_member_id, created_at, used_at, device, address)
         select $1, id, $4, $4, $5, $6 from team_member where id = $2 and password_hash = $3 returning id`,
        [hashToken(token), member.id, hash, at, device, address],
      )
      await client.query(
        `delete from session where token_hash in (
           select token_hash from session where team_member_id = $1 order by created_at desc offset $2)`,
        [member.id, MEMBER_SESSIONS_MAX],
      )
      return kept.rows[0]?.id
    })
    return id === undefined ? undefined : toSession(id, token, member, at.getTime(), at.getTime())
  }

  /**
   * The session of a token, which is used by it, and the roles that its member has now.
   * @returns undefined when it has ended or never was
   */
  async use(token: string): Promise<MemberCaller | undefined> {
    if (!TOKEN.test(token)) return undefined
    const now = this.#now()
    const { rows } = await this.#database.query<SessionRow>({
      name: 'session',
      text: `select m.id, m.email, m.name, m.language, s.id as session, s.created_at as created, s.used_at as used, s.view_as as "viewAs",
               (select coalesce(json_agg(json_build_array(w.workspace_id, w.role)), '[]') from workspace_member w
                where w.team_member_id = m.id and (w.until is null or w.until > $2)) as roles
             from session s join team_member m on m.id = s.team_member_id where s.token_hash = $1`,
      values: [hashToken(token), new Date(now)],
    })
    const [row] = rows
    if (row === undefined) return undefined
    const { session, created, used, roles, viewAs, ...member } = row
    if (now >= endOf(created.getTime(), used.getTime())) {
      await this.end(token)
      return undefined
    }
    if (now - used.getTime() >= TOUCH_MS)
      await this.#database.query('update session set used_at = $2 where token_hash = $1', [
        hashToken(token),
        new Date(now),
      ])
    return {
      kind: 'member',
      session: { ...toSession(session, token, member, created.getTime(), now), viewAs },
      roles: new Map(roles.map(([workspace, role]) => [workspace, countsAs(role, viewAs)])),
    }
  }

  async end(token: string): Promise<void> {
    await this.#database.query('delete from session where token_hash = $1', [hashToken(token)])
  }

  /** The sessions of a member that have not ended, the latest used first. */
  async list(member: TeamMember): Promise<SessionRecord[]> {
    const { rows } = await this.#database.query<SessionRecord>(
      `select id, device, address, created_at as "createdAt", used_at as "usedAt" from session
       where team_member_id = $1 order by used_at desc, id desc`,
      [member.id],
    )
    return rows.filter(({ createdAt, usedAt }) => this.#now() < endOf(createdAt.getTime(), usedAt.getTime()))
  }

  /** @returns whether the member had such a session */
  async endOne(member: TeamMember, id: number): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      'delete from session where team_member_id = $1 and id = $2',
      [member.id, id],
    )
    return rowCount === 1
  }

  /**
   * Lets a session see the workspaces that its member owns as another role.
   * @param role null: as an owner
   * @returns false when the member owns none
   */
  async viewAs({ id, member }: Session, role: Role | null): Promise<boolean> {
    const { rowCount } = await this.#database.query(
      `update session set view_as = $2 where id = $1 and ($2::text is null or exists (
         select from workspace_member w
         where w.team_member_id = $3 and w.role = 'owner' and (w.until is null or w.until > $4)))`,
      [id, role, member.id, new Date(this.#now())],
    )
    return rowCount === 1
  }

  /** Ends all sessions of a member but this one. */
  async endOthers({ id, member }: Session): Promise<void> {
    await this.#database.query('delete from session where team_member_id = $1 and id <> $2', [member.id, id])
  }

  /**
   * Gives the member of a session another password; the other sessions end.
   * @returns false when the present password is another one
   * @throws TooManyPasswords
   */
  async changePassword({ id, member }: Session, present: string, wanted: string): Promise<boolean> {
    const { rows } = await this.#database.query<{ hash: string }>(
      'select password_hash as hash from team_member where id = $1',
      [member.id],
    )
    const known = rows[0]?.hash
    if (!(await this.#passwords.isRight(known, present))) return false
    const hash = await this.#passwords.hash(wanted)
    return inTransaction(this.#database, async (client) => {
      // of two changes at once the first holds
      const { rowCount } = await client.query(
        'update team_member set password_hash = $3 where id = $1 and password_hash = $2',
        [member.id, known, hash],
      )
      if (rowCount !== 1) return false
      await client.query('delete from session where team_member_id = $1 and id <> $2', [member.id, id])
      return true
    })
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

function toSession(id: number, token: string, member: TeamMember, created: number, used: number): Session {
  // made from the token, which no other site can read: nothing more to keep
  const csrf = createHmac('sha256', token).update('affluent csrf').digest('base64url')
  return { id, token, csrf, member, signedInAt: created, viewAs: null, expiresAt: endOf(created, used) }
}

/** An owner's role gives way to the one that they view as, which never may more; no other role does. */
function countsAs(role: Role, viewAs: Role | null): Role {
  return role === 'owner' && viewAs !== null ? viewAs : role
}

function endOf(created: number, used: number): number {
  return Math.min(created + SESSION_MS_MAX, used + SESSION_IDLE_MS_MAX)
}

function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}
