import { type Client, type Database, inTransaction } from '../platform/database/connect.ts'
import { nameOfAddress } from './name-of-address.ts'
import { newPassword } from './new-password.ts'
import type { PasswordHashes } from './password-hashes.ts'

/** How the first team member signs in. */
export interface NewOwner {
  readonly email: string
  /** undefined: the operator has fixed it */
  readonly password: string | undefined
}

const DEFAULT_EMAIL = 'owner@localhost'

/**
 * Makes the first team member when there is none yet. What the operator has fixed is put in at every start; another
 * password than before ends the sessions.
 * @returns how to sign in when the member was made now; undefined at later starts
 */
export async function ensureOwner(
  database: Database,
  passwords: PasswordHashes,
  fixed: { readonly ownerEmail: string | undefined; readonly ownerPassword: string | undefined },
): Promise<NewOwner | undefined> {
  return inTransaction(database, async (client) => {
    await client.query('lock table team_member in share row exclusive mode')
    const owner = await findOwner(client)
    const email = fixed.ownerEmail?.toLowerCase()
    if (owner === undefined) {
      const made = { email: email ?? DEFAULT_EMAIL, password: fixed.ownerPassword ?? newPassword() }
      await client.query(
        'insert into team_member (email, name, owns_installation, password_hash) values ($1, $2, true, $3)',
        [made.email, nameOfAddress(made.email), await passwords.hash(made.password)],
      )
      return { ...made, password: fixed.ownerPassword === undefined ? made.password : undefined }
    }
    if (email !== undefined && email !== owner.email)
      await client.query('update team_member set email = $2 where id = $1', [owner.id, email])
    const { ownerPassword } = fixed
    if (ownerPassword !== undefined && !(await passwords.isRight(owner.hash, ownerPassword)))
      await putPassword(client, owner.id, await passwords.hash(ownerPassword))
    return undefined
  })
}

/** Gives the owner a new random password; all sessions of the owner end. */
export async function renewOwnerPassword(
  database: Database,
  passwords: PasswordHashes,
): Promise<{ readonly email: string; readonly password: string }> {
  return inTransaction(database, async (client) => {
    const owner = await findOwner(client)
    if (owner === undefined)
      throw new Error('There is no team member yet: start Affluent once with `npm start`.')
    const password = newPassword()
    await putPassword(client, owner.id, await passwords.hash(password))
    return { email: owner.email, password }
  })
}

async function findOwner(
  client: Client,
): Promise<{ readonly id: number; readonly email: string; readonly hash: string } | undefined> {
  const { rows } = await client.query<{ id: number; email: string; hash: string }>(
    'select id, email, password_hash as hash from team_member where owns_installation',
  )
  return rows[0]
}

async function putPassword(client: Client, member: number, hash: string): Promise<void> {
  await client.query('update team_member set password_hash = $2 where id = $1', [member, hash])
  await client.query('delete from session where team_member_id = $1', [member])
}
