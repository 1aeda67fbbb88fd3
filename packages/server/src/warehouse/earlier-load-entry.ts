import type { AudiencePart, MembershipChange } from '@affluent/core/audience/membership-evaluator'
import type { IdentityPart, ProfilePart } from '../platform/processing/batch-decision.ts'
import type { LoadEntry, LoadMark } from './load-entry.ts'

// Formats 1 and 2 knew what each capability says. Entries of them wait where a version before this one has stopped.

const HEAD_BYTES = [0, 9, 21]
const MARK_BYTES = 25
const MOVE_BYTES = 16
const LINK_BYTES = 20
const MEMBERSHIP_BYTES = 33

/** What had no fixed size, as JSON at the end: namespaces in the order in which links name them, and refused traits. */
interface Tail {
  readonly namespaces: readonly string[]
  readonly refused: readonly (readonly [position: number, names: readonly string[]])[]
}

/** Whether an entry was written before parts had owners. */
export function isEarlierFormat(body: Buffer): boolean {
  return body[0] === 1 || body[0] === 2
}

/**
 * Reads an entry of format 1 (marks and moves) or 2 (a format byte, five counts, then marks, moves, links, memberships
 * and the tail).
 */
export function decodeEarlierEntry(body: Buffer): LoadEntry {
  const format = body[0] as number
  const counts = format === 2 ? 5 : 2
  const countAt = (index: number) => (index < counts ? body.readUInt32LE(1 + index * 4) : 0)
  const marks: LoadMark[] = []
  const moves: IdentityPart['moves'][number][] = []
  const links: IdentityPart['links'][number][] = []
  const memberships: MembershipChange[] = []
  const { namespaces, refused } = decodeTail(body.subarray(body.length - countAt(4)))
  let at = HEAD_BYTES[format] as number
  for (let count = countAt(0); count > 0; count--, at += MARK_BYTES)
    marks.push({
      position: body.readDoubleLE(at),
      fragment: body.readDoubleLE(at + 8),
      anchor: body.readDoubleLE(at + 16),
      flags: body[at + 24] as number,
    })
  for (let count = countAt(1); count > 0; count--, at += MOVE_BYTES)
    moves.push({ fragment: body.readDoubleLE(at), profile: body.readDoubleLE(at + 8) })
  for (let count = countAt(2); count > 0; count--, at += LINK_BYTES)
    links.push({
      namespace: namespaces[body.readUInt32LE(at + 16)] as string,
      identifier: body.readDoubleLE(at),
      fragment: body.readDoubleLE(at + 8),
    })
  for (let count = countAt(3); count > 0; count--, at += MEMBERSHIP_BYTES)
    memberships.push({
      version: body.readDoubleLE(at),
      profile: body.readDoubleLE(at + 8),
      position: body.readDoubleLE(at + 16),
      time: body.readDoubleLE(at + 24),
      entered: body[at + 32] === 1,
    })
  const identity: Pick<IdentityPart, 'moves' | 'links'> = { moves, links }
  const profiles: ProfilePart = { refusedTraits: refused.map(([position, names]) => ({ position, names })) }
  const audiences: Pick<AudiencePart, 'memberships'> = { memberships }
  return { marks, parts: { identity, profiles, audiences } }
}

function decodeTail(bytes: Buffer): Tail {
  return bytes.length === 0 ? { namespaces: [], refused: [] } : (JSON.parse(bytes.toString()) as Tail)
}
