import { mix32 } from '../bench/mix/random.ts'

/** What a number is drawn for, so that two questions about the same person are answered by different chance. */
export const DRAW = {
  ...{ person: 1, household: 2, kind: 3, browsing: 4, shopping: 5, portrait: 6, device: 7, cookie: 8 },
  ...{ browses: 9, shops: 10, visit: 11, moment: 12, memberDay: 13, subscribeDay: 14, leaveDay: 15 },
  ...{
    customerRecord: 16,
    recordChange: 17,
    wave: 18,
    asks: 19,
    bots: 20,
    faults: 21,
    message: 22,
    copy: 23,
  },
  ...{ userId: 24, card: 25, twin: 26, shared: 27, ticket: 28, living: 29, browser: 30, phoneDay: 31 },
} as const
export type Draw = (typeof DRAW)[keyof typeof DRAW]

const STEP = 0x9e3779b9
const STRIDE = 0x85ebca6b

/**
 * The seed of one thing, from that of what it belongs to: the same on every machine, so that a person need not be kept
 * to be met again.
 * @param parent 32 bits
 * @param number for one parent and draw, different numbers give different seeds; so do different parents for one draw
 * and number
 */
export function seedOf(parent: number, draw: Draw, number = 0): number {
  return mix32((mix32((parent + Math.imul(draw, STEP)) | 0) + Math.imul(number, STRIDE)) | 0)
}

/** As `seedOf`, as a share from 0 to 1 (1 excluded). */
export function shareOf(parent: number, draw: Draw, number = 0): number {
  return seedOf(parent, draw, number) / 2 ** 32
}

/** 128 bits that look like a random UUID. For one parent and draw, different numbers never give the same one. */
export function uuidOf(parent: number, draw: Draw, number = 0): string {
  const others = [0x5bd1e995, 0x1b873593, 0x2c1b3c6d].map((salt) =>
    hex(seedOf(mix32(parent ^ salt), draw, number)),
  )
  const [a, b, c] = [hex(seedOf(parent, draw, number)), ...others] as [string, string, string]
  const d = others[2] as string
  return `${a}-${b.slice(0, 4)}-4${b.slice(5)}-a${c.slice(1, 4)}-${c.slice(4)}${d}`
}

function hex(word: number): string {
  return word.toString(16).padStart(8, '0')
}
