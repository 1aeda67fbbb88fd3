import { PASSWORD_CHARS_MIN } from '@affluent/protocol/limits'
import { type Client, type Database, inTransaction, type Reader } from '../platform/database/connect.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { isCommonPassword } from './common-passwords.ts'
import { hashInvitation } from './invitation-token.ts'
import { nameOfAddress } from './name-of-address.ts'
import type { PasswordHashes } from './password-hashes.ts'

/** An invitation that may be accepted. */
export interface Invitation {
  readonly token: string
  /** the address that it is for, in lower case */
  readonly email: string
}

/**
 * The invitation of a token.
 * @param now milliseconds since the epoch
 * @returns undefined when there is none, or it has ended, was accepted or withdrawn: which of them is not said
 */
export async function findInvitation(
  database: Reader,
  token: string,
  now: number,
): Promise<Invitation | undefined> {
  const { rows } = await database.query<{ email: string }>(
    'select email from workspace_member where invitation_hash = $1 and invitation_until > $2',
    [hashInvitation(token), new Date(now)],
  )
  return rows[0] && { token, email: rows[0].email }
}

/**
 * Accepts an invitation: the address gets the role, and an account with the password when it has none yet. The password
 * of an account that is there must be right, so that nobody who has got hold of an invitation takes it over.
 * @throws ApiError 400, 401; TooManyPasswords
 */
export async function acceptInvitation(
  options: { readonly database: Database; readonly passwords: PasswordHashes; readonly now: () => number },
  invitation: Invitation,
  wish: { readonly password: string; readonly name: string | undefined },
): Promise<void> {
  const { database, passwords, now } = options
  const { email } = invitation
  const { rows } = await database.query<{ id: number; hash: string }>(
    'select id, password_hash as hash from team_member where email = $1',
    [email],
  )
  const [account] = rows
  if (account === undefined) await checkNewPassword(wish.password)
  else if (!(await passwords.isRight(account.hash, wish.password))) {
    const message = 'This address has an account already, and its password is another one.'
    throw new ApiError(401, 'wrong_password', message)
  }
  const hash = account === undefined ? await passwords.hash(wish.password) : account.hash
  await inTransaction(database, async (client) => {
    const member =
      account?.id ?? (await insertMember(client, { email, name: wish.name ?? nameOfAddress(email), hash }))
    await takeRole(client, invitation.token, member, now())
  })
}

/** What an invitation that is good no more is answered with. */
export function invalidInvitation(): ApiError {
  const message =
    'This invitation is not known: it was accepted or withdrawn, or its 7 days are over. Ask for another one.'
  return new ApiError(401, 'invalid_invitation', message, { path: 'invitation' })
}

/** @throws ApiError 400 when it is too short or one that is tried first */
export async function checkNewPassword(password: string): Promise<void> {
  const path = 'password'
  if (password.length < PASSWORD_CHARS_MIN) {
    const message = `"password" must have at least ${PASSWORD_CHARS_MIN} characters.`
    throw new ApiError(400, 'invalid_request', message, { path })
  }
  if (await isCommonPassword(password)) {
    const message = 'This password is one of those that are tried first. Choose another one.'
    throw new ApiError(400, 'common_password', message, { path })
  }
}

async function insertMember(
  client: Client,
  { email, name, hash }: { readonly email: string; readonly name: string; readonly hash: string },
): Promise<number> {
  const { rows } = await client.query<{ id: number }>(
    'insert into team_member (email, name, password_hash) values ($1, $2, $3) returning id',
    [email, name, hash],
  )
  return (rows[0] as { id: number }).id
}

/** Of two who accept at once the first gets the role. */
async function takeRole(client: Client, token: string, member: number, now: number): Promise<void> {
  const { rowCount } = await client.query(
    `update workspace_member w
     set team_member_id = $2, email = null, invitation_hash = null, invitation_until = null
     where w.invitation_hash = $1 and w.invitation_until > $3 and not exists (
       select from workspace_member o where o.workspace_id = w.workspace_id and o.team_member_id = $2)`,
    [hashInvitation(token), member, new Date(now)],
  )
  if (rowCount !== 1) throw invalidInvitation()
}
