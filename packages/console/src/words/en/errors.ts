import type { errors as french } from '../fr/errors.ts'
import type { Translation } from '../translation.ts'

export const errors: Translation<typeof french> = {
  unreachable: 'The server does not answer. Check that it runs, then try again.',
  not_signed_in: 'Your session has ended. Sign in again.',
  sign_in_again: 'This needs your password again.',
  not_allowed: 'This API key does not have the scope that this needs.',
  not_found: 'This does not exist, or no longer.',
  already_exists: 'This name is taken. Choose another one.',
  in_use: 'This is still in use. First remove what uses it.',
  not_available: 'This comes in a later version.',
  too_many_attempts: 'Too many attempts. Wait a little, then try again.',
  too_many_requests: 'Too many requests in a short time. Wait a little, then try again.',
  condition_too_large: 'This condition is too large. Use fewer conditions and tests.',
  condition_too_dear:
    'This condition asks too much at once. Use fewer conditions about events, shorter periods, fewer counts of distinct values.',
  query_too_slow:
    'This took too long and was stopped. Ask for less: fewer conditions about events, a shorter period. An audience can be saved all the same.',
  url_not_allowed: 'Nothing can be sent to this address. Give a whole public address, in http or https.',
  nothing_leaves_a_sandbox: 'This workspace is a sandbox: nothing leaves it.',
  unexpected: 'The server answered in an unexpected way. Try again; if it comes back, see its log.',
}
