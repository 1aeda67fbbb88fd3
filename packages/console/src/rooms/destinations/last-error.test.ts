import { expect, test } from 'vitest'
import { reasonOf } from './last-error.ts'

test.each([
  ['The destination answered 500.', 'server_error', 500],
  ['The destination answered 408.', 'server_error', 408],
  ['The destination answered 429.', 'rate_limited', 429],
  ['The destination answered 401.', 'unauthorized', 401],
  ['The destination answered 410.', 'gone', 410],
  ['The destination answered 422.', 'refused', 422],
  ['The destination answered 302, and redirects are not followed.', 'redirected', 302],
  ['No answer in time.', 'timeout', undefined],
  ['Nobody listens at this address.', 'connection_refused', undefined],
  ['The secure connection failed: certificate has expired', 'tls_failed', undefined],
])('"%s" means %s', (message, code, status) => {
  expect(reasonOf(message)).toEqual({ code, status })
})

test('what is not known is shown as it came', () => {
  expect(reasonOf('"db.internal" is a name of an inner network.')).toBeUndefined()
})
