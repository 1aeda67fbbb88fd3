import type { IncomingMessage } from 'node:http'
import { expect, test } from 'vitest'
import { Clients } from './clients.ts'

function ask(peer: string, headers: Readonly<Record<string, string>> = {}): IncomingMessage {
  return { socket: { remoteAddress: peer }, headers } as unknown as IncomingMessage
}

test('without trusted proxies nobody is believed', () => {
  const clients = new Clients([])
  const said = { 'x-forwarded-for': '203.0.113.7', 'x-forwarded-proto': 'https' }
  expect(clients.addressOf(ask('127.0.0.1', said))).toBe('127.0.0.1')
  expect(clients.isHttps(ask('127.0.0.1', said))).toBe(false)
})

test('of what proxies say the last address counts that no trusted proxy stands behind', () => {
  const clients = new Clients(['10.0.0.0/8', '::1/128'])
  const addressOf = (peer: string, forwarded: string) =>
    clients.addressOf(ask(peer, { 'x-forwarded-for': forwarded }))
  expect(addressOf('10.0.0.1', '203.0.113.7')).toBe('203.0.113.7')
  expect(addressOf('10.0.0.1', '1.1.1.1, 203.0.113.7, 10.0.0.2')).toBe('203.0.113.7')
  expect(addressOf('::1', '2001:db8::7')).toBe('2001:db8::7')
  expect(addressOf('203.0.113.9', '1.1.1.1'), 'the peer is none').toBe('203.0.113.9')
  expect(addressOf('10.0.0.1', 'unknown'), 'not an address').toBe('10.0.0.1')
  expect(addressOf('10.0.0.1', '')).toBe('10.0.0.1')
})

test('https is known by a trusted proxy, else by the Origin, else by what browsers say to https only', () => {
  const clients = new Clients(['10.0.0.0/8'])
  const isHttps = (peer: string, headers: Record<string, string>) => clients.isHttps(ask(peer, headers))
  expect(isHttps('10.0.0.1', { 'x-forwarded-proto': 'https' })).toBe(true)
  expect(isHttps('10.0.0.1', { 'x-forwarded-proto': 'http', origin: 'https://cdp.example.com' })).toBe(false)
  const host = 'cdp.example.com'
  expect(isHttps('1.1.1.1', { host, origin: 'https://cdp.example.com' })).toBe(true)
  expect(isHttps('1.1.1.1', { host, origin: 'https://evil.example' }), 'of another site').toBe(false)
  expect(isHttps('1.1.1.1', { host, origin: 'http://cdp.example.com' })).toBe(false)
  expect(isHttps('1.1.1.1', { host: 'cdp.example.com', 'sec-fetch-site': 'same-origin' })).toBe(true)
  expect(isHttps('1.1.1.1', { host: 'localhost:8080', 'sec-fetch-site': 'same-origin' })).toBe(false)
  expect(isHttps('1.1.1.1', { host: 'cdp.example.com' })).toBe(false)
})
