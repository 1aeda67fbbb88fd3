import { randomInt } from 'node:crypto'

const CONSONANTS = 'bdfghjklmnprstvz'
const VOWELS = 'aeiou'
const WORDS = 5

/** A random password that can be read aloud, such as `kalo-rumi-tefa-bosu-nive`: 63 bits. */
export function newPassword(): string {
  return Array.from({ length: WORDS }, () => syllable() + syllable()).join('-')
}

function syllable(): string {
  return pick(CONSONANTS) + pick(VOWELS)
}

function pick(letters: string): string {
  return letters.charAt(randomInt(letters.length))
}
