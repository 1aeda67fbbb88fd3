import { expect, test } from 'vitest'
import { newKey, prefixOf } from './new-key.ts'

/** CRC-32 as IEEE 802.3 has it, bit by bit: what a leak scanner would compute. */
function crc32(text: string): number {
  let crc = 0xffffffff
  for (const byte of Buffer.from(text)) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}

function toNumber(digits: string): number {
  const letters = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
  return [...digits].reduce((sum, digit) => sum * 62 + letters.indexOf(digit), 0)
}

test('a key says its kind and carries a checksum of all before it', () => {
  for (const [kind, prefix] of [
    ['api', 'affluent_ak_'],
    ['write', 'affluent_wk_'],
  ] as const) {
    const keys = Array.from({ length: 200 }, () => newKey(kind))
    expect(new Set(keys).size).toBe(200)
    for (const key of keys) {
      expect(key).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{36}$`))
      expect(toNumber(key.slice(-6))).toBe(crc32(key.slice(0, -6)))
    }
  }
})

test('what is shown of a key tells it from others and opens nothing', () => {
  const key = newKey('api')
  expect(prefixOf(key)).toBe(key.slice(0, 16))
  expect(prefixOf('a-key-of-ones-own')).toBe('a-ke')
  expect(prefixOf('8-chars!')).toBe('8-ch')
})
