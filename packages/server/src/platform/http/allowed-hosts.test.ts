import { expect, test } from 'vitest'
import { createHostCheck } from './allowed-hosts.ts'

const OWN = [
  '127.0.0.1:8080',
  '127.0.0.1',
  'localhost:8080',
  'LOCALHOST',
  'app.localhost:1',
  '[::1]:8080',
  '[::1]',
]
const ADDRESSES = ['192.168.1.20:8080', '10.0.0.1', '[2001:db8::1]:8080']
const FOREIGN = [
  'evil.example',
  'evil.example:8080',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  '',
  'x y',
]

test('on this machine only its own names are taken, and addresses', () => {
  const isAllowed = createHostCheck('127.0.0.1', [])
  for (const host of [...OWN, ...ADDRESSES, undefined]) expect(isAllowed(host), host).toBe(true)
  for (const host of FOREIGN) expect(isAllowed(host), host).toBe(false)
})

test('names that are listed are taken, with any port and in any case, and no others', () => {
  for (const listen of ['127.0.0.1', '0.0.0.0', '::']) {
    const isAllowed = createHostCheck(listen, ['CDP.example.com', 'affluent'])
    const listed = ['cdp.example.com', 'cdp.example.com.', 'Cdp.Example.com:443', 'affluent:8080']
    for (const host of [...listed, ...OWN, ...ADDRESSES]) expect(isAllowed(host), host).toBe(true)
    for (const host of [...FOREIGN, 'x.cdp.example.com']) expect(isAllowed(host), host).toBe(false)
  }
})

test('who listens to a network and lists none, or lists all, is asked by any name', () => {
  const checks = [
    createHostCheck('0.0.0.0', []),
    createHostCheck('::', []),
    createHostCheck('127.0.0.1', ['*']),
  ]
  for (const isAllowed of checks) for (const host of [...OWN, ...FOREIGN]) expect(isAllowed(host)).toBe(true)
})
