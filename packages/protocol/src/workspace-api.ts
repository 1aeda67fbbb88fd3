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

export const newWorkspaceAnswer = z.object({
  workspace,
  apiKey: z.string().describe('Shown here and never again'),
})

export const removalQuery = z.object({
  confirm: text(QUERY_TEXT_CHARS_MAX)
    .optional()
    .describe('The slug once more, since all data of the workspace go'),
})
