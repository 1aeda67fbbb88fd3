import { ERROR_CODES } from './codes.ts'
import { z } from './schema.ts'

/** What every call of the API is answered with when it does not succeed. */
export const apiError = z
  .object({
    error: z.object({
      code: z.enum(ERROR_CODES),
      message: z.string(),
      path: z.string().optional(),
      needs: z
        .string()
        .optional()
        .describe(
          'The scope that the API key has not; the permission or the role that the team member has not',
        ),
      id: z.string().describe('Also in the server log'),
      details: z.record(z.string(), z.unknown()).optional().describe('What the message says, for programs'),
    }),
  })
  .meta({ id: 'ApiError' })
