import { randomInt } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** Tells leak scanners and people what it is (docs/keys.md). */
const PREFIXES = { write: 'affluent_wk_', api: 'affluent_ak_' } as const
const LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
/** 178 bits of chance. */
const RANDOM_CHARS = 30
const CHECKSUM_CHARS = 6
const SHOWN_CHARS = 4

/**
 * A key that nobody guesses: prefix, 30 random letters and digits, and the CRC-32 of all that as 6 of them, so that a
 * scanner tells a leaked key from text that looks like one.
 */
export function newKey(kind: keyof typeof PREFIXES): string {
  const random = Array.from({ length: RANDOM_CHARS }, () => LETTERS.charAt(randomInt(LETTERS.length)))
  const key = PREFIXES[kind] + random.join('')
  return key + checksumOf(key)
}

/** How a key begins: enough to tell it from others, and nothing that opens. */
export function prefixOf(key: string): string {
  const isOurs = Object.values(PREFIXES).some((prefix) => key.startsWith(prefix))
  // of a key that the operator chose, no more than half
  return isOurs
    ? key.slice(0, PREFIXES.api.length + SHOWN_CHARS)
    : key.slice(0, Math.min(SHOWN_CHARS, key.length / 2))
}

function checksumOf(text: string): string {
  let rest = crc32(text)
  let digits = ''
  while (digits.length < CHECKSUM_CHARS) {
    digits = LETTERS.charAt(rest % LETTERS.length) + digits
    rest = Math.floor(rest / LETTERS.length)
  }
  return digits
}
