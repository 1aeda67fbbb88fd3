import { instant } from './instant.ts'
import { type Infer, z } from './schema.ts'

const ATTEMPT_ERRORS = [
  'url_not_allowed',
  'dns_failed',
  'connection_refused',
  'connection_closed',
  'tls_failed',
  'timeout',
  'redirected',
  'rate_limited',
  'unauthorized',
  'gone',
  'refused',
  'server_error',
  'unreadable_secret',
] as const
/** Why a try came to nothing: stable names. */
export type AttemptError = (typeof ATTEMPT_ERRORS)[number]

/** One try at a delivery. */
export const attempt = z
  .object({
    at: instant,
    status: z.number().nullable().describe('Of the HTTP answer; null when there was none'),
    ms: z.number(),
    error: z.object({ code: z.enum(ATTEMPT_ERRORS), message: z.string() }).nullable(),
  })
  .meta({ id: 'Attempt' })
export type AttemptAnswer = Infer<typeof attempt>
