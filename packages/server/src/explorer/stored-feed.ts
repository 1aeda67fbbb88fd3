import { extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import { isAskedFor } from '@affluent/core/identity/identifier-forms'
import type { EventType } from '@affluent/protocol/event'
import { FEED_LOG_BYTES_MAX, FEED_POSITIONS_MAX } from '@affluent/protocol/limits'
import { findFragmentsOfIdentifier } from '../identity/contract.ts'
import { findInLog } from '../log/scan-log.ts'
import type { WorkspaceReads } from '../platform/clickhouse/analytical-reads.ts'
import {
  type FeedEvent,
  type FeedPart,
  type FeedQuestion,
  type FeedStores,
  MORE,
  NO_EVENTS,
  type PositionRange,
  parseObject,
  placeOf,
  plainIdentifier,
} from './feed-event.ts'
import { describeLogged } from './logged-event.ts'

/**
 * An unfiltered page is looked for in so many positions for each event first: commands and copies take positions too.
 */
const FIRST_WINDOW = 8

interface FoundRow {
  readonly position: number
  readonly name: string
  readonly fragment: number
  readonly flags: number
}

/** What is in ClickHouse. */
export async function readStored(
  { database, reads }: FeedStores,
  question: FeedQuestion,
  range: PositionRange,
): Promise<FeedPart> {
  const { workspace, identifier, limit, country } = question
  const fragments =
    identifier === undefined
      ? undefined
      : await findFragmentsOfIdentifier({ database, reads }, workspace, identifier, country)
  if (fragments?.length === 0) return NO_EVENTS
  const first = Math.max(range.from, range.to - limit * FIRST_WINDOW)
  let found = await findRows(reads, question, { from: first, to: range.to }, fragments)
  let from = first
  if (found.length <= limit && first > range.from) {
    from = Math.max(range.from, range.to - FEED_POSITIONS_MAX)
    found = await findRows(reads, question, { from, to: range.to }, fragments)
  }
  const last = found.at(-1)
  const isWhole = found.length <= limit && from === range.from
  const floor = isWhole
    ? undefined
    : placeOf(found.length > limit && last !== undefined ? last.position : from)
  const events = await readContents({ database, reads }, workspace, found, country)
  if (identifier === undefined) return { events, floor }
  return {
    events: events.filter((event) => event.identifiers.some((one) => isAskedFor(identifier, one, country))),
    floor,
  }
}

/**
 * What events say: from the log while it has them, since it has them by position; of older ones from ClickHouse, which
 * has them by name.
 */
async function readContents(
  { database, reads }: FeedStores,
  workspace: number,
  found: readonly FoundRow[],
  country: string | null,
): Promise<FeedEvent[]> {
  const positions = found.map(({ position }) => position)
  const logged = await findInLog(database, workspace, positions, FEED_LOG_BYTES_MAX)
  const older = await readStoredEvents(
    reads,
    workspace,
    found.filter(({ position }) => !logged.has(position)),
    country,
  )
  const marks = new Map(found.map((row) => [row.position, row]))
  const cursors = { processed: Number.MAX_SAFE_INTEGER }
  const newer = [...logged.values()].map((event) =>
    describeLogged(workspace, event, cursors, marks, new Map(), country),
  )
  return [...newer, ...older]
}

/** Which events are to be shown: by narrow columns, over all that is asked for. */
async function findRows(
  reads: WorkspaceReads,
  { workspace, type, name, source, limit }: FeedQuestion,
  range: PositionRange,
  fragments: readonly number[] | undefined,
): Promise<FoundRow[]> {
  const tests = [
    'workspace = {workspace: UInt32} and position between {from: UInt64} and {to: UInt64}',
    ...(type === undefined ? [] : ['type = {type: String}']),
    ...(name === undefined ? [] : ['name = {name: String}']),
    ...(source === undefined ? [] : ['source = {source: UInt32}']),
    ...(fragments === undefined ? [] : ['fragment in {fragments: Array(UInt64)}']),
  ]
  const rows = await reads.ask<FoundRow>({
    query: `select position, name, fragment, flags from event where ${tests.join(' and ')} order by position desc limit {limit: UInt32}`,
    params: { workspace, ...range, type, name, source, fragments, limit: limit + MORE },
  })
  return rows.map((row) => ({ ...row, position: Number(row.position), fragment: Number(row.fragment) }))
}

interface StoredRow {
  readonly position: number
  readonly time_ms: number
  readonly received_ms: number
  readonly type: EventType
  readonly name: string
  readonly source: number
  readonly fragment: number
  readonly flags: number
  readonly message_id: string
  readonly raw: string
}

const NAMES_CHARS_MAX = 20_000

/** Events by position, newest first; their names, if all are known, find them by the order of the table. */
export async function readStoredEvents(
  reads: WorkspaceReads,
  workspace: number,
  found: readonly { readonly position: number; readonly name?: string }[],
  country: string | null,
): Promise<FeedEvent[]> {
  if (found.length === 0) return []
  const names = [...new Set(found.map(({ name }) => name))]
  const isNamed = names.every((name) => name !== undefined) && names.join('').length <= NAMES_CHARS_MAX
  const rows = await reads.ask<StoredRow>({
    query: `select position, toUnixTimestamp64Milli(time) as time_ms, toUnixTimestamp64Milli(received) as received_ms,
              type, name, source, fragment, flags, message_id, raw
            from event
            where workspace = {workspace: UInt32} ${isNamed ? 'and name in {names: Array(String)}' : ''} and position in {positions: Array(UInt64)}
            order by position desc`,
    params: {
      workspace,
      names: isNamed ? names : [],
      positions: found.map(({ position }) => position),
    },
  })
  return rows.map((row) => toStored(row, country))
}

function toStored(row: StoredRow, country: string | null): FeedEvent {
  const json = parseObject(row.raw) ?? {}
  return {
    place: placeOf(Number(row.position)),
    outcome: 'processed',
    outcomeId: undefined,
    code: undefined,
    message: undefined,
    handling: null,
    type: row.type,
    name: row.name,
    source: row.source,
    identifiers: extractIdentifiers(row.type, json, country).identifiers.map(plainIdentifier),
    messageId: row.message_id,
    time: Number(row.time_ms),
    receivedAt: Number(row.received_ms),
    bytes: Buffer.byteLength(row.raw),
    fragment: Number(row.fragment),
    flags: row.flags,
    raw: row.raw,
  }
}
