import { edited } from './edited.ts'
import { NAME_CHARS_MAX, QUERY_TEXT_CHARS_MAX } from './limits.ts'
import { type Infer, z } from './schema.ts'
import { slug } from './slug.ts'
import { text, trimmed } from './text.ts'

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
    ...edited,
  })
  .meta({ id: 'Workspace' })
export type WorkspaceAnswer = Infer<typeof workspace>

export const workspacesAnswer = z.object({ workspaces: z.array(workspace) })
export const workspaceAnswer = z.object({ workspace })

export const workspaceBody = z.strictObject({
  slug,
  name: trimmed(NAME_CHARS_MAX),
  kind,
})

/** What is absent stays as before. */
export const workspaceChange = z
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
  .refine((change) => Object.keys(change).length > 0, 'Name what changes: name, zone, currency or country.')

export const newWorkspaceAnswer = z.object({
  workspace,
  apiKey: z.string().describe('Shown here and never again'),
})

export const removalQuery = z.object({
  confirm: text(QUERY_TEXT_CHARS_MAX)
    .optional()
    .describe('The slug once more, since all data of the workspace go'),
})
