import type { BatchDecision, RefusedTraits } from './decide-batch.ts'
import type { IdentifierLink, ProfileMove } from './graph-decision.ts'
import type { MembershipChange } from './people-review.ts'

/** What the walk decided about one event, as far as ClickHouse must know it. */
export interface LoadMark {
  readonly position: number
  readonly fragment: number
  readonly anchor: number
  readonly flags: number
}

/** What the walk left for the loader about one micro-batch or command. */
export interface LoadEntry {
  /** processed events only, in log order */
  readonly marks: readonly LoadMark[]
  readonly moves: readonly ProfileMove[]
  readonly links: readonly IdentifierLink[]
  readonly refusedTraits: readonly RefusedTraits[]
  readonly memberships: readonly MembershipChange[]
}

/** What the loader takes of a decision. */
export type LoadableDecision = Pick<
  BatchDecision,
  'first' | 'last' | 'processed' | 'moves' | 'links' | 'refusedTraits' | 'memberships'
>

/** What a command at a position leaves for ClickHouse: nothing but what is named. */
export function commandToLoad(
  position: number,
  effect: Partial<Pick<LoadableDecision, 'moves' | 'links' | 'memberships'>> = {},
): LoadableDecision {
  const nothing = { processed: [], moves: [], links: [], refusedTraits: [], memberships: [] }
  return { first: position, last: position, ...nothing, ...effect }
}

const FORMAT = 2
const HEAD_BYTES = 21
const MARK_BYTES = 25
const MOVE_BYTES = 16
const LINK_BYTES = 20
const MEMBERSHIP_BYTES = 33
const EARLIER_FORMAT = 1
const EARLIER_HEAD_BYTES = 9

/** What has no fixed size, as JSON at the end: namespaces in the order in which links name them, and refused traits, which are rare. */
interface Tail {
  readonly namespaces: readonly string[]
  readonly refused: readonly (readonly [position: number, names: readonly string[]])[]
}

/**
 * The bytes that the door between walk and loader keeps: a format byte, four counts and the bytes of the tail; then marks, moves, links and membership
 * changes of fixed size, little-endian; then the tail.
 */
export function encodeLoadEntry(decision: Omit<LoadableDecision, 'first' | 'last'>): Buffer {
  const { processed, moves, links, memberships } = decision
  const namespaces = [...new Set(links.map(({ namespace }) => namespace))]
  const tail = encodeTail(namespaces, decision.refusedTraits)
  const fixed = HEAD_BYTES + processed.length * MARK_BYTES + moves.length * MOVE_BYTES
  const body = Buffer.allocUnsafe(
    fixed + links.length * LINK_BYTES + memberships.length * MEMBERSHIP_BYTES + tail.length,
  )
  body.writeUInt8(FORMAT, 0)
  const counts = [processed.length, moves.length, links.length, memberships.length, tail.length]
  for (const [index, count] of counts.entries()) body.writeUInt32LE(count, 1 + index * 4)
  let at = HEAD_BYTES
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
  const numbers = new Map(namespaces.map((namespace, index) => [namespace, index]))
  for (const { namespace, identifier, fragment } of links) {
    body.writeDoubleLE(identifier, at)
    body.writeDoubleLE(fragment, at + 8)
    body.writeUInt32LE(numbers.get(namespace) as number, at + 16)
    at += LINK_BYTES
  }
  for (const { version, profile, position, time, entered } of memberships) {
    body.writeDoubleLE(version, at)
    body.writeDoubleLE(profile, at + 8)
    body.writeDoubleLE(position, at + 16)
    body.writeDoubleLE(time, at + 24)
    body.writeUInt8(entered ? 1 : 0, at + 32)
    at += MEMBERSHIP_BYTES
  }
  tail.copy(body, at)
  return body
}

/** @throws when the bytes are of a format that this version does not know */
export function decodeLoadEntry(body: Buffer): LoadEntry {
  const format = body[0]
  if (format !== FORMAT && format !== EARLIER_FORMAT)
    throw new Error(`A load entry has format ${format}; this version reads formats 1 and ${FORMAT}.`)
  // the earlier format had marks and moves only
  const counts = format === FORMAT ? 5 : 2
  const countAt = (index: number) => (index < counts ? body.readUInt32LE(1 + index * 4) : 0)
  const marks: LoadMark[] = []
  const moves: ProfileMove[] = []
  const links: IdentifierLink[] = []
  const memberships: MembershipChange[] = []
  const { namespaces, refused } = decodeTail(body.subarray(body.length - countAt(4)))
  let at = format === FORMAT ? HEAD_BYTES : EARLIER_HEAD_BYTES
  for (let count = countAt(0); count > 0; count--, at += MARK_BYTES) {
    marks.push({
      position: body.readDoubleLE(at),
      fragment: body.readDoubleLE(at + 8),
      anchor: body.readDoubleLE(at + 16),
      flags: body[at + 24] as number,
    })
  }
  for (let count = countAt(1); count > 0; count--, at += MOVE_BYTES) {
    moves.push({ fragment: body.readDoubleLE(at), profile: body.readDoubleLE(at + 8) })
  }
  for (let count = countAt(2); count > 0; count--, at += LINK_BYTES) {
    links.push({
      namespace: namespaces[body.readUInt32LE(at + 16)] as string,
      identifier: body.readDoubleLE(at),
      fragment: body.readDoubleLE(at + 8),
    })
  }
  for (let count = countAt(3); count > 0; count--, at += MEMBERSHIP_BYTES) {
    memberships.push({
      version: body.readDoubleLE(at),
      profile: body.readDoubleLE(at + 8),
      position: body.readDoubleLE(at + 16),
      time: body.readDoubleLE(at + 24),
      entered: body[at + 32] === 1,
    })
  }
  const refusedTraits = refused.map(([position, names]) => ({ position, names }))
  return { marks, moves, links, refusedTraits, memberships }
}

function encodeTail(namespaces: readonly string[], refusedTraits: readonly RefusedTraits[]): Buffer {
  if (namespaces.length === 0 && refusedTraits.length === 0) return Buffer.alloc(0)
  const tail: Tail = { namespaces, refused: refusedTraits.map(({ position, names }) => [position, names]) }
  return Buffer.from(JSON.stringify(tail))
}

function decodeTail(bytes: Buffer): Tail {
  return bytes.length === 0 ? { namespaces: [], refused: [] } : (JSON.parse(bytes.toString()) as Tail)
}
