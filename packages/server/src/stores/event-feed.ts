import { extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import { isAskedFor } from '@affluent/core/identity/identifier-forms'
import type { EventType, Identifier, Json, JsonObject } from '@affluent/protocol/event'
import type { EventOutcome } from '@affluent/protocol/event-api'
import {
  FEED_LOG_BYTES_MAX,
  FEED_LOG_EVENTS_MAX,
  FEED_POSITIONS_MAX,
  FEED_RAW_BYTES_MAX,
} from '@affluent/protocol/limits'
import type { ClickHouseClient } from '@clickhouse/client'
import { type Client, type Database, inTransaction } from '../database/connect.ts'
import { findInLog, type LoggedEvent, lookAtLog } from '../log/look-at-log.ts'
import { acceptAgain } from '../log/read-log.ts'
import { decodeLoadEntry, type LoadMark } from '../pipeline/load-entry.ts'
import { messageIdOf } from '../pipeline/message-id-of.ts'
import { EVENT_FLAGS } from '../pipeline/validate.ts'
import { findFragmentsOfIdentifier } from './identifier-search.ts'
import type { Reader } from './identity-store.ts'
import { LOOK_SETTINGS } from './look-settings.ts'

/** A place in the feed: that of the event at a position, or of one that was refused after it, by its outcome's number (0: the event itself). */
export interface FeedPlace {
  readonly position: number
  readonly refused: number
}

/** What is asked for. Identifiers: as text, `namespace:value` or a value of any namespace. */
export interface FeedQuestion {
  readonly workspace: number
  readonly limit: number
  readonly after: FeedPlace | undefined
  readonly before: FeedPlace | undefined
  readonly type: EventType | undefined
  readonly name: string | undefined
  readonly identifier: string | undefined
  readonly outcome: EventOutcome | undefined
  readonly source: number | undefined
}

/** An event of the feed, wherever it was found. */
export interface FeedEvent {
  readonly place: FeedPlace
  readonly outcome: EventOutcome
  /** its number among the outcomes */
  readonly outcomeId: number | undefined
  readonly code: string | undefined
  readonly message: string | undefined
  readonly type: EventType | undefined
  readonly name: string
  readonly source: number
  readonly identifiers: readonly Identifier[]
  readonly messageId: string | undefined
  /** milliseconds since the epoch */
  readonly time: number
  readonly receivedAt: number
  readonly bytes: number
  /** 0: nobody's, or not known yet */
  readonly fragment: number
  readonly flags: number
  /** undefined: not kept, or too large for a list */
  readonly raw: string | undefined
}

export interface Feed {
  /** newest first */
  readonly events: readonly FeedEvent[]
  readonly head: number
  readonly loaded: number
  readonly nextBefore: FeedPlace | undefined
  readonly nextAfter: FeedPlace
}

interface Stores {
  readonly database: Database
  readonly clickhouse: ClickHouseClient
}

interface Cursors {
  readonly head: number
  readonly walked: number
  readonly loaded: number
}

/** Rows from one place, newest first, and down to where nothing is missing; undefined: down to the end. */
interface Part {
  readonly events: readonly FeedEvent[]
  readonly floor: FeedPlace | undefined
}

/** Positions, both included. */
interface Range {
  readonly from: number
  readonly to: number
}

const NOTHING: Part = { events: [], floor: undefined }
const ENDED: ReadonlySet<EventOutcome> = new Set(['duplicate', 'quarantined', 'filtered', 'refused'])
/** Beyond what was asked for, so that it is known whether there is more. */
const MORE = 1
/** An unfiltered page is looked for in so many positions for each event first: commands and copies take positions too. */
const FIRST_WINDOW = 8

/**
 * Events newest first: what is not in ClickHouse yet from the log, as of one moment; what is there from there; and in between, by place, what ended otherwise.
 * A position is read from one of the two only, so that nothing is missing or there twice, whatever is loaded meanwhile.
 */
export async function readFeed(stores: Stores, question: FeedQuestion): Promise<Feed> {
  const { workspace, after, before, outcome, limit } = question
  const { cursors, logged, ended } = await atOneMoment(stores.database, async (client) => {
    const cursors = await readCursors(client, workspace)
    const range = rangeOf(question, cursors)
    const isInLog = outcome !== 'refused'
    const logged = isInLog ? await readLogged(client, question, cursors, range) : NOTHING
    return { cursors, logged, ended: await readEnded(client, question, cursors, range) }
  })
  const range = rangeOf(question, cursors)
  const loaded = { from: range.from, to: Math.min(range.to, cursors.loaded) }
  const isInClickHouse = outcome === undefined || outcome === 'processed'
  let stored = NOTHING
  if (isInClickHouse && loaded.to >= loaded.from) {
    const isFull = logged.floor !== undefined || logged.events.length > limit
    stored = isFull
      ? { events: [], floor: { position: cursors.loaded + 1, refused: 0 } }
      : await readStored(stores, question, loaded)
  }
  const { events, next } = merge([logged, ended, stored], limit)
  const newest = events[0]?.place
  const head = { position: cursors.head, refused: 0 }
  const seen = [newest, before === undefined ? head : undefined, after].filter((place) => place !== undefined)
  return {
    events,
    head: cursors.head,
    loaded: cursors.loaded,
    nextBefore: next,
    nextAfter: seen.sort(newestFirst)[0] ?? head,
  }
}

/** An event by its position, and what it caused so far. */
export interface FoundEvent {
  readonly event: FeedEvent
  readonly isLoaded: boolean
  /** memberships that began or ended by it; undefined: ClickHouse has them */
  readonly memberships: readonly FoundMembership[] | undefined
}

export interface FoundMembership {
  readonly version: number
  readonly profile: number
  /** milliseconds since the epoch */
  readonly time: number
  readonly entered: boolean
}

/**
 * One event, with all of its bytes.
 * @returns undefined when no event has this position, or nothing is kept of it
 */
export async function findEvent(
  stores: Stores,
  workspace: number,
  position: number,
): Promise<FoundEvent | undefined> {
  const { cursors, logged, outcome, entry } = await atOneMoment(stores.database, async (client) => {
    const cursors = await readCursors(client, workspace)
    const [outcome] = await readOutcomes(client, workspace, { position })
    return {
      cursors,
      outcome,
      logged: (await findInLog(client, workspace, [position], Number.MAX_SAFE_INTEGER)).get(position),
      entry: await readLoadEntries(client, workspace, { from: position, to: position }),
    }
  })
  const isLoaded = position <= cursors.loaded
  const mine = entry.memberships.filter((change) => change.position === position)
  const memberships = isLoaded ? undefined : mine
  if (outcome !== undefined) {
    const content =
      logged === undefined ? undefined : toLogged(workspace, logged, cursors, entry.marks, new Map())
    return { event: mergeContent(toEnded(outcome), content), isLoaded, memberships }
  }
  if (!isLoaded) {
    if (logged === undefined) return undefined
    return { event: toLogged(workspace, logged, cursors, entry.marks, new Map()), isLoaded, memberships }
  }
  const [event] = await readRows(stores.clickhouse, workspace, [{ position, name: undefined }])
  return event === undefined ? undefined : { event, isLoaded, memberships }
}

/** Something that was refused at the door, by its outcome's number. */
export async function findRefused(
  database: Reader,
  workspace: number,
  id: number,
): Promise<FeedEvent | undefined> {
  const [row] = await readOutcomes(database, workspace, { id })
  return row === undefined || row.position !== null ? undefined : toEnded(row)
}

/** Where the places of the feed stand to each other: newest first. */
function newestFirst(a: FeedPlace, b: FeedPlace): number {
  return b.position - a.position || b.refused - a.refused
}

/** Positions of the events that lie between `after` and `before`. */
function rangeOf({ after, before }: FeedQuestion, { head }: Cursors): Range {
  const last =
    before === undefined ? head : before.refused > 0 ? before.position : Math.min(head, before.position - 1)
  return { from: (after?.position ?? 0) + 1, to: last }
}

function atOneMoment<T>(database: Database, work: (client: Client) => Promise<T>): Promise<T> {
  return inTransaction(database, async (client) => {
    await client.query('set transaction isolation level repeatable read read only')
    return work(client)
  })
}

async function readCursors(database: Reader, workspace: number): Promise<Cursors> {
  const { rows } = await database.query<Cursors>({
    name: 'feed_cursors',
    text: `select h.position as head, w.position as walked, c.position as loaded
           from log_head h join walk w using (workspace_id) join load_cursor c using (workspace_id) where workspace_id = $1`,
    values: [workspace],
  })
  return rows[0] ?? { head: 0, walked: 0, loaded: 0 }
}

function merge(
  parts: readonly Part[],
  limit: number,
): { readonly events: readonly FeedEvent[]; readonly next: FeedPlace | undefined } {
  const floors = parts.flatMap(({ floor }) => floor ?? [])
  const [floor] = floors.sort(newestFirst)
  const all = parts
    .flatMap(({ events }) => events)
    .filter(({ place }) => floor === undefined || newestFirst(place, floor) <= 0)
    .sort((a, b) => newestFirst(a.place, b.place))
  const events = all.slice(0, limit)
  return { events, next: all.length > limit ? events.at(-1)?.place : floor }
}

// What is not in ClickHouse yet ---------------------------------------------------------------------

async function readLogged(
  client: Client,
  question: FeedQuestion,
  cursors: Cursors,
  range: Range,
): Promise<Part> {
  const { workspace, limit } = question
  const own = { from: Math.max(range.from, cursors.loaded + 1), to: range.to }
  const look = await lookAtLog(client, workspace, own, FEED_LOG_BYTES_MAX)
  const wanted = look.events.filter(({ request, event }) => {
    if (question.type !== undefined && event.type !== question.type) return false
    return question.source === undefined || request.source === question.source
  })
  const scanned = wanted.slice(0, isFiltered(question) ? FEED_LOG_EVENTS_MAX : limit + MORE)
  const span = spanOf(scanned)
  let floor = look.isWhole ? undefined : placeOf(look.from)
  if (span === undefined) return { events: [], floor }
  if (scanned.length < wanted.length) floor = placeOf(span.from)
  const rows = await readEndings(client, workspace, span)
  const endings = new Map(rows.map((row) => [row.position as number, row]))
  const found: LoggedEvent[] = []
  for (const each of scanned) {
    const isAsked =
      question.outcome === undefined || outcomeOf(each.position, cursors, endings) === question.outcome
    if (!isAsked || !isNamed(each, question)) continue
    found.push(each)
    if (found.length <= limit) continue
    floor = placeOf(each.position)
    break
  }
  const shown = spanOf(found)
  const { marks } = shown === undefined ? NO_ENTRIES : await readLoadEntries(client, workspace, shown)
  return { events: found.map((each) => toLogged(workspace, each, cursors, marks, endings)), floor }
}

function isFiltered({ name, identifier, outcome }: FeedQuestion): boolean {
  return name !== undefined || identifier !== undefined || outcome !== undefined
}

function spanOf(events: readonly LoggedEvent[]): Range | undefined {
  const [newest] = events
  const oldest = events.at(-1)
  return newest === undefined || oldest === undefined
    ? undefined
    : { from: oldest.position, to: newest.position }
}

function placeOf(position: number): FeedPlace {
  return { position, refused: 0 }
}

/** The filters for which an event must be parsed. */
function isNamed({ request, event }: LoggedEvent, { name, identifier }: FeedQuestion): boolean {
  if (name === undefined && identifier === undefined) return true
  const { checked } = acceptAgain(request, event)
  if (name !== undefined && checked.name !== name) return false
  if (identifier === undefined) return true
  return extractIdentifiers(checked.type, checked.json).identifiers.some((one) => isAskedFor(identifier, one))
}

function outcomeOf(
  position: number,
  { walked }: Cursors,
  endings: ReadonlyMap<number, Ending>,
): EventOutcome {
  if (position > walked) return 'accepted'
  return endings.get(position)?.outcome ?? 'processed'
}

function toLogged(
  workspace: number,
  { position, request, event }: LoggedEvent,
  cursors: Cursors,
  marks: ReadonlyMap<number, LoadMark>,
  endings: ReadonlyMap<number, Ending>,
): FeedEvent {
  const { checked } = acceptAgain(request, event)
  const ending = endings.get(position)
  const mark = marks.get(position)
  return {
    place: placeOf(position),
    outcome: outcomeOf(position, cursors, endings),
    outcomeId: ending?.id,
    code: ending?.code,
    message: ending?.message,
    type: event.type,
    name: checked.name,
    source: request.source,
    identifiers: extractIdentifiers(checked.type, checked.json).identifiers.map(plain),
    messageId: checked.messageId ?? messageIdOf(workspace, position),
    time: checked.time,
    receivedAt: request.receivedAt,
    bytes: event.raw.length,
    fragment: mark?.fragment ?? 0,
    flags: mark?.flags ?? (request.history ? EVENT_FLAGS.history : 0),
    raw: event.raw.toString('utf8'),
  }
}

function plain({ namespace, value }: Identifier): Identifier {
  return { namespace, value }
}

const NO_ENTRIES = {
  marks: new Map<number, LoadMark>(),
  memberships: [] as (FoundMembership & { position: number })[],
}

/** What the walk has left for the loader about a stretch of the log. */
async function readLoadEntries(
  database: Reader,
  workspace: number,
  span: Range,
): Promise<{
  readonly marks: Map<number, LoadMark>
  readonly memberships: (FoundMembership & { readonly position: number })[]
}> {
  const { rows } = await database.query<{ body: Buffer }>({
    name: 'load_entries',
    text: `select body from load_entry where workspace_id = $1 and last_position >= $2 and first_position <= $3 order by last_position`,
    values: [workspace, span.from, span.to],
  })
  const entries = rows.map(({ body }) => decodeLoadEntry(body))
  const marks = entries.flatMap((entry) => entry.marks)
  return {
    marks: new Map(marks.map((mark) => [mark.position, mark])),
    memberships: entries.flatMap((entry) => entry.memberships),
  }
}

// What ended otherwise ------------------------------------------------------------------------------

interface Ending {
  readonly id: number
  readonly outcome: EventOutcome
  readonly code: string
  readonly message: string
  readonly position: number | null
}

interface OutcomeRow extends Ending {
  readonly after: number | null
  readonly source: number
  readonly messageId: string | null
  readonly receivedAt: Date
  readonly type: EventType | null
  readonly name: string | null
  readonly isHistory: boolean
  readonly bytes: number | null
  readonly raw: Buffer | null
}

const OUTCOME_COLUMNS = `id, outcome, code, message, position, after_position as after, source_id as source, message_id as "messageId",
  received_at as "receivedAt", type, name, is_history as "isHistory", length(raw) as bytes`

/** How events of a stretch of the log ended that were not processed. */
async function readEndings(database: Reader, workspace: number, span: Range): Promise<Ending[]> {
  const { rows } = await database.query<Ending>({
    name: 'endings',
    text: `select id, outcome, code, message, position from outcome
           where workspace_id = $1 and coalesce(position, after_position) between $2 and $3 and position is not null`,
    values: [workspace, span.from, span.to],
  })
  return rows
}

/** One outcome, by its number or by the position of its event, with all of its bytes. */
async function readOutcomes(
  database: Reader,
  workspace: number,
  by: { readonly id?: number; readonly position?: number },
): Promise<OutcomeRow[]> {
  const { rows } = await database.query<OutcomeRow>({
    name: by.id === undefined ? 'outcome_at' : 'outcome_by_id',
    text: `select ${OUTCOME_COLUMNS}, raw from outcome
           where workspace_id = $1 and ${by.id === undefined ? 'coalesce(position, after_position) = $2 and position = $2' : 'id = $2'}`,
    values: [workspace, by.id ?? by.position],
  })
  return rows
}

/** Refused ones, and those that ended otherwise and are no longer read from the log. */
async function readEnded(
  client: Client,
  question: FeedQuestion,
  { loaded }: Cursors,
  range: Range,
): Promise<Part> {
  const { workspace, limit, after, before, outcome, identifier } = question
  if (outcome !== undefined && !ENDED.has(outcome)) return NOTHING
  const { rows } = await client.query<OutcomeRow>({
    name: 'ended_events',
    text: `select ${OUTCOME_COLUMNS}, case when length(raw) <= $11 then raw end as raw
           from outcome
           where workspace_id = $1 and coalesce(position, after_position) between $2 and $3
             and (position is null or (position > $2 and position <= $4))
             and (position is not null or after_position < $3 or $5 = 0 or id < $5)
             and (position is not null or after_position >= $2 + 1 or id > $6)
             and ($7::text is null or outcome = $7) and ($8::text is null or type = $8)
             and ($9::text is null or name = $9) and ($10::int is null or source_id = $10)
           order by coalesce(position, after_position) desc, case when position is null then id else 0 end desc
           limit $12`,
    values: [
      workspace,
      // those refused after the event at `after` are new
      range.from - 1,
      range.to,
      loaded,
      before?.refused ?? 0,
      after === undefined ? 0 : after.refused,
      outcome ?? null,
      question.type ?? null,
      question.name ?? null,
      question.source ?? null,
      FEED_RAW_BYTES_MAX,
      limit + MORE,
    ],
  })
  const last = rows.at(-1)
  const floor = last === undefined || rows.length <= limit ? undefined : placeOfOutcome(last)
  const copies = rows.flatMap(({ position, raw }) => (position !== null && raw === null ? [position] : []))
  const logged = await findInLog(client, workspace, copies, FEED_LOG_BYTES_MAX)
  const cursors = { head: 0, walked: 0, loaded }
  const events = rows.map((row) => {
    const content = row.position === null ? undefined : logged.get(row.position)
    const known =
      content === undefined ? undefined : toLogged(workspace, content, cursors, NO_ENTRIES.marks, new Map())
    return mergeContent(toEnded(row), known)
  })
  if (identifier === undefined) return { events, floor }
  return {
    events: events.filter((event) => event.identifiers.some((one) => isAskedFor(identifier, one))),
    floor,
  }
}

function placeOfOutcome({ position, after, id }: OutcomeRow): FeedPlace {
  return position === null ? { position: after ?? 0, refused: id } : placeOf(position)
}

function toEnded(row: OutcomeRow): FeedEvent {
  const raw = row.raw?.toString('utf8')
  const json = raw === undefined ? undefined : parseObject(raw)
  return {
    place: placeOfOutcome(row),
    outcome: row.outcome,
    outcomeId: row.id,
    code: row.code,
    message: row.message,
    type: row.type ?? undefined,
    name: row.name ?? '',
    source: row.source,
    identifiers:
      json === undefined ? [] : extractIdentifiers(row.type ?? 'track', json).identifiers.map(plain),
    messageId: row.messageId ?? textOf(json?.['messageId']),
    time: timeOf(json) ?? row.receivedAt.getTime(),
    receivedAt: row.receivedAt.getTime(),
    bytes: row.bytes ?? 0,
    fragment: 0,
    flags: row.isHistory ? EVENT_FLAGS.history : 0,
    raw,
  }
}

/** Of a copy nothing is kept but how it ended; while the log still has it, the rest is read there. */
function mergeContent(ended: FeedEvent, content: FeedEvent | undefined): FeedEvent {
  if (content === undefined) return ended
  const { place, outcome, outcomeId, code, message } = ended
  return { ...content, place, outcome, outcomeId, code, message }
}

function parseObject(raw: string): JsonObject | undefined {
  try {
    const json = JSON.parse(raw) as Json
    return typeof json === 'object' && json !== null && !Array.isArray(json) ? json : undefined
  } catch {
    return undefined
  }
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function timeOf(json: JsonObject | undefined): number | undefined {
  const said = textOf(json?.['timestamp'])
  const time = said === undefined ? Number.NaN : Date.parse(said)
  return Number.isNaN(time) ? undefined : time
}

// What is in ClickHouse -----------------------------------------------------------------------------

interface FoundRow {
  readonly position: number
  /** undefined: not known, and all names are looked through */
  readonly name: string | undefined
}

async function readStored(
  { database, clickhouse }: Stores,
  question: FeedQuestion,
  range: Range,
): Promise<Part> {
  const { workspace, identifier, limit } = question
  const fragments =
    identifier === undefined
      ? undefined
      : await findFragmentsOfIdentifier({ database, clickhouse }, workspace, identifier)
  if (fragments?.length === 0) return NOTHING
  const first = Math.max(range.from, range.to - limit * FIRST_WINDOW)
  let found = await findRows(clickhouse, question, { from: first, to: range.to }, fragments)
  let from = first
  if (found.length <= limit && first > range.from) {
    from = Math.max(range.from, range.to - FEED_POSITIONS_MAX)
    found = await findRows(clickhouse, question, { from, to: range.to }, fragments)
  }
  const last = found.at(-1)
  const isWhole = found.length <= limit && from === range.from
  const floor = isWhole
    ? undefined
    : placeOf(found.length > limit && last !== undefined ? last.position : from)
  const events = await readRows(clickhouse, workspace, found)
  if (identifier === undefined) return { events, floor }
  return {
    events: events.filter((event) => event.identifiers.some((one) => isAskedFor(identifier, one))),
    floor,
  }
}

/** Which events are to be shown: by narrow columns, over all that is asked for. */
async function findRows(
  clickhouse: ClickHouseClient,
  { workspace, type, name, source, limit }: FeedQuestion,
  range: Range,
  fragments: readonly number[] | undefined,
): Promise<FoundRow[]> {
  const tests = [
    'workspace = {workspace: UInt32} and position between {from: UInt64} and {to: UInt64}',
    ...(type === undefined ? [] : ['type = {type: String}']),
    ...(name === undefined ? [] : ['name = {name: String}']),
    ...(source === undefined ? [] : ['source = {source: UInt32}']),
    ...(fragments === undefined ? [] : ['fragment in {fragments: Array(UInt64)}']),
  ]
  const result = await clickhouse.query({
    query: `select position, name from event where ${tests.join(' and ')} order by position desc limit {limit: UInt32}`,
    query_params: { workspace, ...range, type, name, source, fragments, limit: limit + MORE },
    clickhouse_settings: LOOK_SETTINGS,
    format: 'JSONEachRow',
  })
  const rows = await result.json<{ position: number; name: string }>()
  return rows.map((row) => ({ position: Number(row.position), name: row.name }))
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

/** Events by position, newest first; their names find them by the order of the table. */
async function readRows(
  clickhouse: ClickHouseClient,
  workspace: number,
  found: readonly FoundRow[],
): Promise<FeedEvent[]> {
  if (found.length === 0) return []
  const names = [...new Set(found.map(({ name }) => name))]
  const isNamed = names.every((name) => name !== undefined) && names.join('').length <= NAMES_CHARS_MAX
  const result = await clickhouse.query({
    query: `select position, toUnixTimestamp64Milli(time) as time_ms, toUnixTimestamp64Milli(received) as received_ms,
              type, name, source, fragment, flags, message_id, raw
            from event
            where workspace = {workspace: UInt32} ${isNamed ? 'and name in {names: Array(String)}' : ''} and position in {positions: Array(UInt64)}
            order by position desc`,
    query_params: {
      workspace,
      names: isNamed ? names : [],
      positions: found.map(({ position }) => position),
    },
    clickhouse_settings: LOOK_SETTINGS,
    format: 'JSONEachRow',
  })
  return (await result.json<StoredRow>()).map(toStored)
}

function toStored(row: StoredRow): FeedEvent {
  const json = parseObject(row.raw) ?? {}
  return {
    place: placeOf(Number(row.position)),
    outcome: 'processed',
    outcomeId: undefined,
    code: undefined,
    message: undefined,
    type: row.type,
    name: row.name,
    source: row.source,
    identifiers: extractIdentifiers(row.type, json).identifiers.map(plain),
    messageId: row.message_id,
    time: Number(row.time_ms),
    receivedAt: Number(row.received_ms),
    bytes: Buffer.byteLength(row.raw),
    fragment: Number(row.fragment),
    flags: row.flags,
    raw: row.raw,
  }
}
