import { edited } from '../edited.ts'
import { endpoint } from '../endpoint.ts'
import { NAME_CHARS_MAX, QUERY_TEXT_CHARS_MAX } from '../limits.ts'
import { ROLES } from '../role.ts'
import { type Infer, z } from '../schema.ts'
import { slug } from '../slug.ts'
import { text, trimmed } from '../text.ts'

const kind = z.enum(['live', 'sandbox']).describe('A sandbox never reaches real recipients')

const workspace = z
  .object({
    slug: z.string(),
    name: z.string(),
    kind,
    isDemo: z.boolean().describe('Made with invented people'),
    createdAt: z.string().describe('ISO 8601, UTC'),
    status: z.enum(['ready', 'removing']).describe('removing: closed, and its data are going'),
    zone: z.string().describe('IANA name; conditions follow its calendar'),
    currency: z.string().nullable().describe('ISO 4217'),
    country: z.string().nullable().describe('ISO 3166; completes telephone numbers written without one'),
    role: z.enum(ROLES).nullable().describe('Of the team member who asks; null: an API key asks'),
    ...edited,
  })
  .meta({ id: 'Workspace' })
export type WorkspaceAnswer = Infer<typeof workspace>

const one = z.object({ workspace })

const SHOP: WorkspaceAnswer = {
  slug: 'shop',
  name: 'Shop',
  kind: 'live',
  isDemo: false,
  createdAt: '2026-10-01T09:30:00.000Z',
  status: 'ready',
  zone: 'Europe/Paris',
  currency: 'EUR',
  country: 'FR',
  role: 'owner',
  version: 1,
  changedBy: null,
}

export const listWorkspaces = endpoint({
  method: 'GET',
  path: '/v1/workspaces',
  operationId: 'listWorkspaces',
  summary: 'List workspaces',
  description:
    'Those that the caller may see: those in which a team member has a role, or the one of the API key.',
  tag: 'Access',
  permission: 'workspaces:read',
  access: 'account',
  answers: { 200: z.object({ workspaces: z.array(workspace) }) },
  example: { answer: { workspaces: [SHOP] } },
})

export const createWorkspace = endpoint({
  method: 'POST',
  path: '/v1/workspaces',
  operationId: 'createWorkspace',
  summary: 'Create a workspace',
  description: 'With a source "website" and an API key. Who makes it is its owner.',
  tag: 'Access',
  permission: 'workspaces:create',
  access: 'account',
  body: z.strictObject({ slug, name: trimmed(NAME_CHARS_MAX), kind }),
  answers: {
    201: z.object({ workspace, apiKey: z.string().describe('Shown here and never again') }),
  },
  errors: { 400: ['too_many'], 409: ['already_exists'] },
  example: {
    body: { slug: 'shop', name: 'Shop', kind: 'live' },
    answer: { workspace: SHOP, apiKey: 'ak_shop_9c1d...' },
  },
})

export const updateWorkspace = endpoint({
  method: 'PUT',
  path: '/v1/workspaces/{slug}',
  operationId: 'updateWorkspace',
  summary: 'Update the name, zone, currency or country of a workspace',
  description: 'What is absent stays as before. Stored telephone numbers follow the country.',
  tag: 'Access',
  permission: 'workspace:edit',
  access: 'account',
  ifMatch: true,
  givesPosition: true,
  body: z
    .strictObject({
      name: z.string().trim().min(1).max(NAME_CHARS_MAX).optional(),
      zone: z.string().max(64).optional().describe('IANA name, as "Europe/Paris"'),
      currency: z.string().length(3).nullable().optional().describe('ISO 4217, as "EUR"; null: none'),
      country: z
        .string()
        .length(2)
        .nullable()
        .optional()
        .describe('ISO 3166, as "FR"; stored telephone numbers take their form with it; null: none'),
    })
    .refine(
      (change) => Object.keys(change).length > 0,
      'Name what changes: name, zone, currency or country.',
    ),
  answers: { 200: one },
  errors: { 409: ['in_use'] },
  example: {
    params: { slug: 'shop' },
    body: { zone: 'Europe/Paris' },
    answer: { workspace: { ...SHOP, version: 2, changedBy: 'Ada' } },
  },
})

export const removeWorkspace = endpoint({
  method: 'DELETE',
  path: '/v1/workspaces/{slug}',
  operationId: 'removeWorkspace',
  summary: 'Remove a workspace with all its data',
  description: 'It is closed at once; its data go in the background.',
  tag: 'Access',
  permission: 'workspace:remove',
  access: 'account',
  freshSignIn: true,
  query: {
    confirm: text(QUERY_TEXT_CHARS_MAX)
      .optional()
      .describe('The slug once more, since all data of the workspace go'),
  },
  answers: { 202: one },
  errors: { 409: ['in_use'] },
  example: {
    params: { slug: 'shop' },
    query: { confirm: 'shop' },
    answer: { workspace: { ...SHOP, status: 'removing' } },
  },
})
