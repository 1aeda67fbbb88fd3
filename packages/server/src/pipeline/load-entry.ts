import type { BatchDecision, ProfileMove } from './decide-batch.ts'

/** What the walk decided about one event, as far as ClickHouse must know it. */
export interface LoadMark {
  readonly position: number
  readonly fragment: number
  readonly anchor: number
  readonly flags: number
}

/** What the walk left for the loader about one micro-batch. */
export interface LoadEntry {
  /** processed events only, in log order */
  readonly marks: readonly LoadMark[]
  readonly moves: readonly ProfileMove[]
}

const FORMAT = 1
const MARK_BYTES = 25
const MOVE_BYTES = 16

/** The bytes that the door between walk and loader keeps: a format byte, two counts, then marks and moves of fixed size, little-endian. */
export function encodeLoadEntry(decision: Pick<BatchDecision, 'processed' | 'moves'>): Buffer {
  const { processed, moves } = decision
  const body = Buffer.allocUnsafe(9 + processed.length * MARK_BYTES + moves.length * MOVE_BYTES)
  body.writeUInt8(FORMAT, 0)
  body.writeUInt32LE(processed.length, 1)
  body.writeUInt32LE(moves.length, 5)
  let at = 9
  for (const { position, fragment, anchor, flags } of processed) {
    body.writeDoubleLE(position, at)
    body.writeDoubleLE(fragment, at + 8)
    body.writeDoubleLE(anchor, at + 16)
    body.writeUInt8(flags, at + 24)
    at += MARK_BYTES
  }
  for (const { fragment, profile } of moves) {
    body.writeDoubleLE(fragment, at)
    body.writeDoubleLE(profile, at + 8)
    at += MOVE_BYTES
  }
  return body
}

/** @throws when the bytes are of a format that this version does not know */
export function decodeLoadEntry(body: Buffer): LoadEntry {
  if (body[0] !== FORMAT)
    throw new Error(`A load entry has format ${body[0]}; this version reads format ${FORMAT}.`)
  const marks: LoadMark[] = []
  const moves: ProfileMove[] = []
  let at = 9
  for (let count = body.readUInt32LE(1); count > 0; count--, at += MARK_BYTES) {
    marks.push({
      position: body.readDoubleLE(at),
      fragment: body.readDoubleLE(at + 8),
      anchor: body.readDoubleLE(at + 16),
      flags: body[at + 24] as number,
    })
  }
  for (let count = body.readUInt32LE(5); count > 0; count--, at += MOVE_BYTES) {
    moves.push({ fragment: body.readDoubleLE(at), profile: body.readDoubleLE(at + 8) })
  }
  return { marks, moves }
}
