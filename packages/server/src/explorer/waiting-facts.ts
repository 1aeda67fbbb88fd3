import type { MembershipChange } from '@affluent/core/audience/membership-evaluator'
import { membershipFacts } from '../audiences/contract.ts'
import type { Reader } from '../platform/database/connect.ts'
import { decodePart, findLoadEntries, type LoadMark } from '../warehouse/contract.ts'
import type { PositionRange } from './feed-event.ts'

/** What was decided of some events and is not in ClickHouse yet. */
export interface WaitingFacts {
  /** by position */
  readonly marks: ReadonlyMap<number, LoadMark>
  readonly memberships: readonly MembershipChange[]
}

export const NO_FACTS: WaitingFacts = { marks: new Map(), memberships: [] }

/** What was decided about some positions of the log, both included, and the loader has not taken yet. */
export async function readWaitingFacts(
  database: Reader,
  workspace: number,
  span: PositionRange,
): Promise<WaitingFacts> {
  const entries = (await findLoadEntries(database, workspace, span)).map((body) =>
    decodePart(body, membershipFacts),
  )
  return {
    marks: new Map(entries.flatMap(({ marks }) => marks.map((mark) => [mark.position, mark]))),
    memberships: entries.flatMap(({ part }) => part.memberships),
  }
}
