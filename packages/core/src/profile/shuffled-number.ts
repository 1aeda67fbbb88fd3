const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'
const CHARACTERS = 13
const ROUNDS = 4

/** What shuffles the numbers of a workspace: four 32-bit numbers. */
export type ShuffleKey = readonly [number, number, number, number]

/**
 * A number as 13 characters of a-z and 2-7, shuffled by a key (a Feistel network of four rounds over 64 bits), so that
 * ids can be turned back without a table and do not tell how many there are. This hides, it does not protect.
 */
export function shuffledText(number: number, key: ShuffleKey): string {
  let left = Math.floor(number / 2 ** 32) >>> 0
  let right = number >>> 0
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
  return text
}

/**
 * The number behind 13 characters.
 * @returns undefined when no number of this key gives them
 */
export function readShuffled(text: string, key: ShuffleKey): number | undefined {
  let bits = 0n
  for (const character of text) bits = (bits << 5n) | BigInt(ALPHABET.indexOf(character))
  if (bits >= 1n << 64n) return undefined
  let left = Number(bits >> 32n)
  let right = Number(bits & 0xffff_ffffn)
  for (let round = ROUNDS - 1; round >= 0; round--) {
    const mixed = (right ^ mix(left, key[round] as number)) >>> 0
    right = left
    left = mixed
  }
  const number = left * 2 ** 32 + right
  return Number.isSafeInteger(number) ? number : undefined
}

function mix(value: number, key: number): number {
  let hash = Math.imul(value ^ key, 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}
