import { endpoint, nothing } from '../endpoint.ts'
import { instant } from '../instant.ts'
import { NAME_CHARS_MAX } from '../limits.ts'
import { type Infer, z } from '../schema.ts'
import { SCOPES } from '../scope.ts'
import { moment, numberedId, trimmed } from '../text.ts'

const INT_MAX = 2 ** 31 - 1
const id = numberedId('key', INT_MAX)

const key = z
  .object({
    id: z.string(),
    name: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    prefix: z.string().nullable().describe('How the key begins; null: made before this was kept'),
    createdAt: instant,
    expiresAt: instant.nullable().describe('From then on it is refused; null: it has no end'),
    lastUsedAt: instant.nullable().describe('To half a minute; null: not since this is noted'),
    fromEnvironment: z
      .boolean()
      .describe('Fixed by AFFLUENT_API_KEY; another value there takes its place at the next start'),
  })
  .meta({ id: 'Key' })
export type KeyAnswer = Infer<typeof key>

const newKey = z
  .object({ key, secret: z.string().describe('The key itself: shown here and never again') })
  .meta({ id: 'NewKey' })

const REPORTS: KeyAnswer = {
  id: 'key_3',
  name: 'Reports',
  scopes: ['read'],
  prefix: 'ak_main_7f',
  createdAt: '2026-10-01T09:30:00.000Z',
  expiresAt: null,
  lastUsedAt: '2026-11-30T08:00:00.000Z',
  fromEnvironment: false,
}

export const listKeys = endpoint({
  method: 'GET',
  path: '/v1/keys',
  operationId: 'listKeys',
  summary: 'List API keys, newest first',
  description: 'Those that are good.',
  tag: 'Access',
  permission: 'keys:read',
  answers: { 200: z.object({ keys: z.array(key) }) },
  example: { answer: { keys: [REPORTS] } },
})

export const createKey = endpoint({
  method: 'POST',
  path: '/v1/keys',
  operationId: 'createKey',
  summary: 'Create an API key',
  description: 'It is shown once.',
  tag: 'Access',
  permission: 'keys:edit',
  freshSignIn: true,
  body: z.strictObject({
    name: trimmed(NAME_CHARS_MAX),
    scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length).describe('What it opens; none holds another'),
    expiresAt: moment().nullable().optional().describe('null or absent: it has no end'),
  }),
  answers: { 201: newKey },
  errors: { 400: ['too_many'] },
  example: {
    body: { name: 'Reports', scopes: ['read'] },
    answer: { key: { ...REPORTS, lastUsedAt: null }, secret: 'ak_main_7f3kq9...' },
  },
})

export const rotateKey = endpoint({
  method: 'POST',
  path: '/v1/keys/{id}/rotate',
  operationId: 'rotateKey',
  summary: 'Rotate an API key',
  description: 'Makes one with the same name, scopes and end; the old one is good until a given time.',
  tag: 'Access',
  permission: 'keys:edit',
  freshSignIn: true,
  params: { id },
  body: z.strictObject({
    oldUntil: moment().describe(
      'Until when the old one is good beside the new one; now or earlier: it ends at once',
    ),
  }),
  answers: { 201: newKey },
  errors: { 400: ['too_many'] },
  example: {
    params: { id: 'key_3' },
    body: { oldUntil: '2026-12-01T08:00:00Z' },
    answer: { key: { ...REPORTS, id: 'key_4', lastUsedAt: null }, secret: 'ak_main_2d8x1c...' },
  },
})

export const revokeKey = endpoint({
  method: 'DELETE',
  path: '/v1/keys/{id}',
  operationId: 'revokeKey',
  summary: 'Revoke an API key',
  description: 'When the answer comes, no process lets it in any more.',
  tag: 'Access',
  permission: 'keys:edit',
  freshSignIn: true,
  params: { id },
  answers: { 204: nothing },
  example: { params: { id: 'key_3' } },
})
