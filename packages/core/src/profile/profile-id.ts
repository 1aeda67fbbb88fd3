import { type ProfileId, parseProfileId } from '@affluent/protocol/ids'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const CHARACTERS = 13
const ROUNDS = 4

/** A workspace's key for profile ids: four 32-bit numbers. */
export type ProfileIdKey = readonly [number, number, number, number]

/**
 * The printable id of a profile: its fragment's number, shuffled by the workspace's key (a Feistel network of four rounds over 64 bits), so that
 * ids can be turned back without a table and do not tell how many profiles there are. This hides, it does not protect.
 * @param fragment dense number of the fragment that stands for the profile
 */
export function formatProfileId(fragment: number, key: ProfileIdKey): ProfileId {
  let left = Math.floor(fragment / 2 ** 32) >>> 0
  let right = fragment >>> 0
  for (let round = 0; round < ROUNDS; round++) {
    const mixed = (left ^ mix(right, key[round] as number)) >>> 0
    left = right
    right = mixed
  }
  let bits = (BigInt(left) << 32n) | BigInt(right)
  let text = ''
  for (let at = 0; at < CHARACTERS; at++) {
    text = ALPHABET[Number(bits & 31n)] + text
    bits >>= 5n
  }
  return `prf_${text}` as ProfileId
}

/**
 * The fragment number of a printable id.
 * @returns undefined when the text is no profile id, or not one of this workspace (with a chance of 1 in 2,000 a foreign id gives a number
 *   that no fragment has)
 */
export function readProfileId(text: string, key: ProfileIdKey): number | undefined {
  const id = parseProfileId(text)
  if (id === undefined) return undefined
  let bits = 0n
  for (const character of id.slice('prf_'.length)) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(character))
  if (bits >= 1n << 64n) return undefined
  let left = Number(bits >> 32n)
  let right = Number(bits & 0xffff_ffffn)
  for (let round = ROUNDS - 1; round >= 0; round--) {
    const mixed = (right ^ mix(left, key[round] as number)) >>> 0
    right = left
    left = mixed
  }
  const fragment = left * 2 ** 32 + right
  return Number.isSafeInteger(fragment) ? fragment : undefined
}

function mix(value: number, key: number): number {
  let hash = Math.imul(value ^ key, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
