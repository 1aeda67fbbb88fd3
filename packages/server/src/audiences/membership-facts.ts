import type { AudiencePart, MembershipChange } from '@affluent/core/audience/membership-evaluator'
import type { FactSource } from '../platform/processing/fact-source.ts'
import { MEMBERSHIP_COLUMNS, MembershipRows } from './membership-table.ts'

type MembershipFacts = Pick<AudiencePart, 'memberships'>

const MEMBERSHIP_BYTES = 33

/** Who entered and left which version of an audience. The bytes: changes of fixed size, little-endian. */
export const membershipFacts: FactSource<MembershipFacts> = {
  key: 'audiences',
  nothing: { memberships: [] },

  encode({ memberships }) {
    if (memberships.length === 0) return undefined
    const bytes = Buffer.allocUnsafe(memberships.length * MEMBERSHIP_BYTES)
    let at = 0
    for (const { version, profile, position, time, entered } of memberships) {
      bytes.writeDoubleLE(version, at)
      bytes.writeDoubleLE(profile, at + 8)
      bytes.writeDoubleLE(position, at + 16)
      bytes.writeDoubleLE(time, at + 24)
      bytes.writeUInt8(entered ? 1 : 0, at + 32)
      at += MEMBERSHIP_BYTES
    }
    return bytes
  },

  decode(bytes) {
    const memberships: MembershipChange[] = []
    for (let at = 0; at < bytes.length; at += MEMBERSHIP_BYTES)
      memberships.push({
        version: bytes.readDoubleLE(at),
        profile: bytes.readDoubleLE(at + 8),
        position: bytes.readDoubleLE(at + 16),
        time: bytes.readDoubleLE(at + 24),
        entered: bytes[at + 32] === 1,
      })
    return { memberships }
  },

  rows(workspace, { part }) {
    const rows = new MembershipRows()
    for (const change of part.memberships) rows.add({ workspace, ...change })
    return [{ target: `membership ${MEMBERSHIP_COLUMNS}`, rows: rows.finish() }]
  },

  countRows: ({ memberships }) => memberships.length,
}
