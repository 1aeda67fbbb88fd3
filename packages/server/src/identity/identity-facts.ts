import type { IdentityPart } from '../platform/processing/batch-decision.ts'
import type { FactSource } from '../platform/processing/fact-source.ts'
import { IDENTIFIER_COLUMNS, IdentifierRows } from './identifier-table.ts'
import { PROFILE_MAP_COLUMNS, ProfileMapRows } from './profile-map-table.ts'

type IdentityFacts = Pick<IdentityPart, 'moves' | 'links'>

const MOVE_BYTES = 16
const LINK_BYTES = 20

/**
 * Which fragment stands under which profile, and which identifier belongs to which fragment. The bytes: two counts and
 * the bytes of the namespaces; moves and links of fixed size, little-endian; then the namespaces, as JSON, in the order
 * in which links name them.
 */
export const identityFacts: FactSource<IdentityFacts> = {
  key: 'identity',
  nothing: { moves: [], links: [] },

  encode({ moves, links }) {
    if (moves.length === 0 && links.length === 0) return undefined
    const namespaces = [...new Set(links.map(({ namespace }) => namespace))]
    const names = Buffer.from(JSON.stringify(namespaces))
    const fixed = 8 + moves.length * MOVE_BYTES + links.length * LINK_BYTES
    const bytes = Buffer.allocUnsafe(fixed + names.length)
    bytes.writeUInt32LE(moves.length, 0)
    bytes.writeUInt32LE(links.length, 4)
    let at = 8
    for (const { fragment, profile } of moves) {
      bytes.writeDoubleLE(fragment, at)
      bytes.writeDoubleLE(profile, at + 8)
      at += MOVE_BYTES
    }
    const numbers = new Map(namespaces.map((namespace, index) => [namespace, index]))
    for (const { namespace, identifier, fragment } of links) {
      bytes.writeDoubleLE(identifier, at)
      bytes.writeDoubleLE(fragment, at + 8)
      bytes.writeUInt32LE(numbers.get(namespace) as number, at + 16)
      at += LINK_BYTES
    }
    names.copy(bytes, at)
    return bytes
  },

  decode(bytes) {
    const moves: IdentityFacts['moves'][number][] = []
    const links: IdentityFacts['links'][number][] = []
    const linksFrom = 8 + bytes.readUInt32LE(0) * MOVE_BYTES
    const namesFrom = linksFrom + bytes.readUInt32LE(4) * LINK_BYTES
    const namespaces = JSON.parse(bytes.toString('utf8', namesFrom)) as string[]
    for (let at = 8; at < linksFrom; at += MOVE_BYTES)
      moves.push({ fragment: bytes.readDoubleLE(at), profile: bytes.readDoubleLE(at + 8) })
    for (let at = linksFrom; at < namesFrom; at += LINK_BYTES)
      links.push({
        namespace: namespaces[bytes.readUInt32LE(at + 16)] as string,
        identifier: bytes.readDoubleLE(at),
        fragment: bytes.readDoubleLE(at + 8),
      })
    return { moves, links }
  },

  rows(workspace, { part, last }) {
    const map = new ProfileMapRows()
    const identifiers = new IdentifierRows()
    for (const { fragment, profile } of part.moves) map.add({ workspace, fragment, profile, position: last })
    for (const link of part.links) identifiers.add({ workspace, ...link, position: last })
    return [
      { target: `profile_map ${PROFILE_MAP_COLUMNS}`, rows: map.finish() },
      { target: `identifier ${IDENTIFIER_COLUMNS}`, rows: identifiers.finish() },
    ]
  },
}
