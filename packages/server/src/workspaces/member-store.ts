import { INVITATION_MS_MAX, WORKSPACE_MEMBERS_MAX } from '@affluent/protocol/limits'
import { isWithin } from '@affluent/protocol/permission'
import type { Role } from '@affluent/protocol/role'
import { type Client, type Database, inTransaction, type Reader } from '../platform/database/connect.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { AlreadyExists } from '../platform/workspace/already-exists.ts'
import { TooMany } from '../platform/workspace/too-many.ts'
import { checkGrant, checkOwnerStays, checkReach, type MemberStanding, type Standing } from './check-grant.ts'
import { hashInvitation, newInvitation } from './invitation-token.ts'

/** A member of a workspace, or one who is invited. */
export interface MemberRecord extends MemberStanding {
  readonly email: string
  /** null: invited */
  readonly name: string | null
  readonly createdAt: Date
  /** null: accepted */
  readonly invitedUntil: Date | null
}

/** Where members are changed, and by whom. */
export interface MemberChange {
  readonly workspace: number
  /** number of the team member who asks */
  readonly actor: number
  /** what they count as: an owner who views as another role grants no more than that one */
  readonly role: Role
  /** milliseconds since the epoch */
  readonly now: number
}

const MEMBERS = `select w.id, w.team_member_id as "teamMember", coalesce(m.email, w.email) as email, m.name, w.role, w.until,
    w.created_at as "createdAt", w.invitation_until as "invitedUntil"
  from workspace_member w left join team_member m on m.id = w.team_member_id
  where w.workspace_id = $1 order by w.id`

/** The members of a workspace with those who are invited, the longest there first. */
export async function listMembers(database: Reader, workspace: number): Promise<MemberRecord[]> {
  const { rows } = await database.query<MemberRecord>(MEMBERS, [workspace])
  return rows
}

/**
 * Invites an address; an invitation that it has already ends.
 * @returns the member and the token, which is kept nowhere
 * @throws AlreadyExists when the address belongs to a member, TooMany, ApiError 403
 */
export async function inviteMember(
  database: Database,
  change: MemberChange,
  wish: Standing & { readonly email: string },
): Promise<{ readonly member: MemberRecord; readonly invitation: string }> {
  const { workspace, now } = change
  const email = wish.email.toLowerCase()
  const invitation = newInvitation()
  return inTransaction(database, async (client) => {
    const { members, actor } = await lockMembers(client, change)
    checkGrant(actor, wish)
    const known = members.find((each) => each.email === email)
    if (known === undefined && members.length >= WORKSPACE_MEMBERS_MAX)
      throw new TooMany(`A workspace may have ${WORKSPACE_MEMBERS_MAX} members.`)
    if (known !== undefined) checkReach(actor, known.role)
    if (known !== undefined && known.teamMember !== null) throw new AlreadyExists(email)
    await client.query(
      `insert into workspace_member (workspace_id, email, role, until, created_at, invitation_hash, invitation_until)
       values ($1, $2, $3, $4, $5, $6, $7)
       on conflict (workspace_id, email) do update set role = excluded.role, until = excluded.until,
         invitation_hash = excluded.invitation_hash, invitation_until = excluded.invitation_until`,
      [
        ...[workspace, email, wish.role, wish.until, new Date(now)],
        ...[hashInvitation(invitation), new Date(now + INVITATION_MS_MAX)],
      ],
    )
    const member = (await listMembers(client, workspace)).find((each) => each.email === email)
    return { member: member as MemberRecord, invitation }
  })
}

/**
 * Changes the role of a member or its end; what is undefined stays.
 * @returns undefined when there is no such member
 * @throws ApiError 403, 409 `last_owner`
 */
export async function changeMember(
  database: Database,
  change: MemberChange,
  id: number,
  wish: { readonly role: Role | undefined; readonly until: Date | null | undefined },
): Promise<MemberRecord | undefined> {
  return inTransaction(database, async (client) => {
    const { members, actor } = await lockMembers(client, change)
    const member = members.find((each) => each.id === id)
    if (member === undefined) return undefined
    const { role = member.role, until = member.until } = wish
    checkReach(actor, member.role)
    checkGrant(actor, { role, until })
    checkOwnerStays(members, member, { role, until })
    await client.query('update workspace_member set role = $2, until = $3 where id = $1', [id, role, until])
    return { ...member, role, until }
  })
}

/**
 * Removes a member from a workspace, or withdraws an invitation.
 * @returns whether there was one
 * @throws ApiError 403, 409 `last_owner`
 */
export async function removeMember(database: Database, change: MemberChange, id: number): Promise<boolean> {
  return inTransaction(database, async (client) => {
    const { members, actor } = await lockMembers(client, change)
    const member = members.find((each) => each.id === id)
    if (member === undefined) return false
    checkReach(actor, member.role)
    checkOwnerStays(members, member, undefined)
    await client.query('delete from workspace_member where id = $1', [id])
    return true
  })
}

/**
 * Gives a workspace that is being made its owner.
 * @param maker number of a team member; undefined: the owner of the installation
 */
export async function addOwner(client: Client, workspace: number, maker: number | undefined): Promise<void> {
  await client.query(
    `insert into workspace_member (workspace_id, team_member_id, role)
     select $1, id, 'owner' from team_member where case when $2::int is null then owns_installation else id = $2 end`,
    [workspace, maker ?? null],
  )
}

/**
 * The members as they are until the transaction ends: of two changes at once the second sees the first.
 * @throws ApiError 403 when the one who asks has lost the role meanwhile
 */
async function lockMembers(
  client: Client,
  { workspace, actor, role, now }: MemberChange,
): Promise<{ readonly members: readonly MemberRecord[]; readonly actor: MemberRecord }> {
  const { rows: members } = await client.query<MemberRecord>(`${MEMBERS} for update of w`, [workspace])
  const own = members.find(({ teamMember }) => teamMember === actor)
  if (own !== undefined && (own.until === null || own.until.getTime() > now))
    return { members, actor: { ...own, role: isWithin(role, own.role) ? role : own.role } }
  throw new ApiError(403, 'not_allowed', 'Your role in this workspace has ended.', {
    needs: 'members:edit',
  })
}
