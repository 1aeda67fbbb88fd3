import { expect, test } from 'vitest'
import { urlFaultOf } from './url-fault.ts'

// the messages of packages/server/src/outgoing/address-guard.ts
const HOW = 'An operator may list inner networks in AFFLUENT_ALLOWED_PRIVATE_NETWORKS.'

test('only an address that an operator may allow is called private', () => {
  expect(urlFaultOf(`"127.0.0.1" is no public address. ${HOW}`)).toBe('private')
  expect(urlFaultOf(`"db.internal" is a name of an inner network. ${HOW}`)).toBe('private')
  expect(urlFaultOf(`"a.example" stands for 10.0.0.1, which is no public address. ${HOW}`)).toBe('private')
  expect(urlFaultOf('This is no URL; write it as https://example.com/hook.')).toBe('malformed')
  expect(urlFaultOf('Only http and https can be sent to; "ftp:" cannot.')).toBe('scheme')
  expect(urlFaultOf('A URL must not hold a user name or password.')).toBe('login')
  expect(urlFaultOf('Port 22 is not sent to; use 80, 443, 8080 or 8443.')).toBe('port')
  expect(urlFaultOf('A URL has 2048 characters at most.')).toBe('tooLong')
})
