import { createHash, randomBytes } from 'node:crypto'
import { PASSWORD_RESET_MS_MAX, PASSWORD_RESETS_MAX } from '@affluent/protocol/limits'
import type { Role } from '@affluent/protocol/role'
import { type Database, inTransaction, type Reader } from '../platform/database/connect.ts'

/** A link to a new password that may be used. */
export interface Reset {
  readonly secret: string
  /** of the account, in lower case */
  readonly email: string
}

/** A link that was made. */
export interface NewReset {
  /** kept nowhere */
  readonly secret: string
  readonly until: Date
}

const SECRET_BYTES = 32

/**
 * Makes a link for a member.
 * @param now milliseconds since the epoch
 * @returns undefined when so many may be used already that there is no need of one more
 */
export async function makeReset(
  database: Database,
  member: number,
  now: number,
): Promise<NewReset | undefined> {
  const secret = `rst_${randomBytes(SECRET_BYTES).toString('base64url')}`
  const until = new Date(now + PASSWORD_RESET_MS_MAX)
  const rowCount = await inTransaction(database, async (client) => {
    // of many that are asked for at once each sees those before it
    await client.query('select id from team_member where id = $1 for update', [member])
    const made = await client.query(
      `insert into password_reset (secret_hash, team_member_id, until)
     select $1, $2, $3 where (select count(*) from password_reset where team_member_id = $2 and until > $4) < $5`,
      [hashSecret(secret), member, until, new Date(now), PASSWORD_RESETS_MAX],
    )
    return made.rowCount
  })
  return rowCount === 1 ? { secret, until } : undefined
}

/** @returns undefined when there is none, or it has ended or was used: which of them is not said */
export async function findReset(database: Reader, secret: string, now: number): Promise<Reset | undefined> {
  const { rows } = await database.query<{ email: string }>(
    `select m.email from password_reset r join team_member m on m.id = r.team_member_id
     where r.secret_hash = $1 and r.until > $2`,
    [hashSecret(secret), new Date(now)],
  )
  return rows[0] && { secret, email: rows[0].email }
}

/**
 * Gives the member of a link the new password: all their sessions end, and all their links.
 * @param hash of the new password
 * @returns false when it was used or has ended meanwhile
 */
export async function takeReset(
  database: Database,
  { secret }: Reset,
  hash: string,
  now: number,
): Promise<boolean> {
  return inTransaction(database, async (client) => {
    // of two who use it at once the first takes it
    const { rows } = await client.query<{ member: number }>(
      'delete from password_reset where secret_hash = $1 and until > $2 returning team_member_id as member',
      [hashSecret(secret), new Date(now)],
    )
    const [taken] = rows
    if (taken === undefined) return false
    await client.query('update team_member set password_hash = $2 where id = $1', [taken.member, hash])
    await client.query('delete from session where team_member_id = $1', [taken.member])
    await client.query('delete from password_reset where team_member_id = $1', [taken.member])
    return true
  })
}

/** An account, as far as a mail to it needs. */
export interface Account {
  readonly id: number
  readonly email: string
  readonly language: 'fr' | 'en' | null
}

/** The account of an address in lower case. */
export async function findAccount(database: Reader, email: string): Promise<Account | undefined> {
  const { rows } = await database.query<Account>(
    'select id, email, language from team_member where email = $1',
    [email],
  )
  return rows[0]
}

/** The roles of a member, by workspace, as far as they have not ended. */
export async function readRolesOf(
  database: Reader,
  member: number,
  now: number,
): Promise<ReadonlyMap<number, Role>> {
  const { rows } = await database.query<{ workspace: number; role: Role }>(
    `select workspace_id as workspace, role from workspace_member
     where team_member_id = $1 and (until is null or until > $2)`,
    [member, new Date(now)],
  )
  return new Map(rows.map(({ workspace, role }) => [workspace, role]))
}

/** Forgets links that have ended. */
export async function dropEndedResets(database: Database, now: number): Promise<void> {
  await database.query('delete from password_reset where until <= $1', [new Date(now)])
}

function hashSecret(secret: string): Buffer {
  return createHash('sha256').update(secret).digest()
}
