import { endpoint, nothing } from '../endpoint.ts'
import { instant } from '../instant.ts'
import { EMAIL_CHARS_MAX } from '../limits.ts'
import { ROLES } from '../role.ts'
import { type Infer, z } from '../schema.ts'
import { moment, numberedId, trimmed } from '../text.ts'

const INT_MAX = 2 ** 31 - 1
const id = numberedId('mem', INT_MAX)
const role = z.enum(ROLES)

const member = z
  .object({
    id: z.string(),
    email: z.string(),
    name: z.string().nullable().describe('null: has not accepted the invitation yet'),
    role,
    until: instant.nullable().describe('From then on the role is gone; null: it has no end'),
    state: z.enum(['active', 'invited']),
    invitedUntil: instant.nullable().describe('When the invitation ends; null: it was accepted'),
    createdAt: instant,
    isYou: z.boolean().describe('The member who asks'),
  })
  .meta({ id: 'Member' })
export type MemberAnswer = Infer<typeof member>

const one = z.object({ member })

const GRACE: MemberAnswer = {
  id: 'mem_3',
  email: 'grace@example.com',
  name: 'Grace',
  role: 'marketer',
  until: null,
  state: 'active',
  invitedUntil: null,
  createdAt: '2026-10-01T09:30:00.000Z',
  isYou: false,
}

const until = moment().nullable().optional()

export const listMembers = endpoint({
  method: 'GET',
  path: '/v1/members',
  operationId: 'listMembers',
  summary: 'List the members of the workspace, with those who are invited',
  tag: 'Access',
  permission: 'members:read',
  answers: { 200: z.object({ members: z.array(member) }) },
  example: { answer: { members: [GRACE] } },
})

export const inviteMember = endpoint({
  method: 'POST',
  path: '/v1/members',
  operationId: 'inviteMember',
  summary: 'Invite a member',
  description:
    'The invitation is good for 7 days, once, and for this address only; `POST /v1/session` accepts it. Another invitation of the same address ends the one before. Where the installation sends mail it goes to the address and is not shown; else hand it over yourself.',
  tag: 'Access',
  permission: 'members:edit',
  freshSignIn: true,
  body: z.strictObject({
    email: trimmed(EMAIL_CHARS_MAX).regex(/^[^\s@]+@[^\s@]+$/, 'an address is written ada@example.com'),
    role,
    until: until.describe('From then on the role is gone; null or absent: it has no end'),
  }),
  answers: {
    201: z.object({
      member,
      invitation: z.string().nullable().describe('Shown here and never again; null: it was mailed'),
      mailRefusal: z.string().nullable().describe('Why it could not be mailed and is shown'),
    }),
  },
  errors: { 400: ['too_many'], 409: ['already_exists'] },
  example: {
    body: { email: 'grace@example.com', role: 'marketer' },
    answer: {
      member: { ...GRACE, name: null, state: 'invited', invitedUntil: '2026-10-08T09:30:00.000Z' },
      invitation: 'inv_Zx3f...',
      mailRefusal: null,
    },
  },
})

export const updateMember = endpoint({
  method: 'PUT',
  path: '/v1/members/{id}',
  operationId: 'updateMember',
  summary: 'Update the role of a member, or its end',
  description: 'What is absent stays as before. It holds from the next request of the member.',
  tag: 'Access',
  permission: 'members:edit',
  freshSignIn: true,
  params: { id },
  body: z
    .strictObject({ role: role.optional(), until: until.describe('null: the role has no end') })
    .refine((change) => Object.keys(change).length > 0, 'Name what changes: role or until.'),
  answers: { 200: one },
  errors: { 409: ['last_owner'] },
  example: {
    params: { id: 'mem_3' },
    body: { role: 'analyst' },
    answer: { member: { ...GRACE, role: 'analyst' } },
  },
})

export const removeMember = endpoint({
  method: 'DELETE',
  path: '/v1/members/{id}',
  operationId: 'removeMember',
  summary: 'Remove a member from the workspace, or withdraw an invitation',
  tag: 'Access',
  permission: 'members:edit',
  freshSignIn: true,
  params: { id },
  answers: { 204: nothing },
  errors: { 409: ['last_owner'] },
  example: { params: { id: 'mem_3' } },
})
