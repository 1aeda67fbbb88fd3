// Values that systems write when they have no identifier. Linking by one of them would join strangers.
const PLACEHOLDERS = new Set([
  '',
  '-1',
  'null',
  '(null)',
  'nil',
  'none',
  'undefined',
  'nan',
  'n/a',
  'na',
  'true',
  'false',
  'anonymous',
  'anon',
  'guest',
  'unknown',
  'invalid',
  'test',
  'user',
  'userid',
  'user_id',
  'anonymousid',
  'anonymous_id',
  'id',
  'email',
  '[object object]',
  'function',
  'not set',
  '(not set)',
  'test@test.com',
  'test@example.com',
  'null@null.com',
  'none@none.com',
])

const ZEROS = /^[0\-.: ]*$/
const SERVICE_MAILBOX = /^(no-?reply|do-?not-?reply|mailer-daemon|postmaster)@/

/**
 * Whether a value looks like a placeholder and not like somebody's identifier: it is kept in its event but links nothing.
 * The list follows what Segment, Adobe and Unomi block by default.
 * @param value a normalised identifier value
 */
export function isPlaceholder(value: string): boolean {
  const lower = value.toLowerCase()
  return PLACEHOLDERS.has(lower) || ZEROS.test(lower) || SERVICE_MAILBOX.test(lower)
}
