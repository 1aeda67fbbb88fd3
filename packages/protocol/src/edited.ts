import { z } from './schema.ts'

/** Of what several people edit: which version an answer shows, and who made it. */
export const edited = {
  version: z
    .number()
    .describe('Send it in If-Match with a change: the change is refused when somebody else came first'),
  changedBy: z
    .string()
    .nullable()
    .describe('Who changed it last: a team member, or the API key, by name; null: nobody since it was made'),
}
