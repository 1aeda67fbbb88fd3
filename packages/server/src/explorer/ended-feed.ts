import { extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import { isAskedFor } from '@affluent/core/identity/identifier-forms'
import type { EventType, HandlingState, Json, JsonObject } from '@affluent/protocol/event'
import type { EventOutcome } from '@affluent/protocol/event-row'
import { FEED_LOG_BYTES_MAX, FEED_RAW_BYTES_MAX } from '@affluent/protocol/limits'
import { EVENT_FLAGS } from '../ingest/contract.ts'
import type { Cursors } from '../log/cursors.ts'
import { findInLog } from '../log/scan-log.ts'
import type { Client, Reader } from '../platform/database/connect.ts'
import {
  type FeedEvent,
  type FeedPart,
  type FeedPlace,
  type FeedQuestion,
  MORE,
  NO_EVENTS,
  type PositionRange,
  parseObject,
  placeOf,
  plainIdentifier,
} from './feed-event.ts'
import { describeLogged, type Ending } from './logged-event.ts'
import { HANDLED_COLUMNS, handlingOf } from './outcome-store.ts'
import { NO_FACTS } from './waiting-facts.ts'

const ENDED: ReadonlySet<EventOutcome> = new Set(['duplicate', 'quarantined', 'filtered', 'refused'])

export interface EndedRow extends Ending {
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
  received_at as "receivedAt", type, name, is_history as "isHistory", length(raw) as bytes,
  ${HANDLED_COLUMNS}`

const IN_STATE: Readonly<Record<HandlingState, string>> = {
  open: 'replayed_at is null and dismissed_at is null',
  replayed: 'replayed_at is not null and dismissed_at is null',
  dismissed: 'dismissed_at is not null',
}

/** How events of a stretch of the log ended that were not processed. */
export async function readEndings(
  database: Reader,
  workspace: number,
  span: PositionRange,
): Promise<Ending[]> {
  const { rows } = await database.query<Ending>({
    name: 'endings',
    text: `select id, outcome, code, message, position, ${HANDLED_COLUMNS} from outcome
           where workspace_id = $1 and coalesce(position, after_position) between $2 and $3 and position is not null`,
    values: [workspace, span.from, span.to],
  })
  return rows
}

/** One outcome, by its number or by the position of its event, with all of its bytes. */
export async function findEnded(
  database: Reader,
  workspace: number,
  by: { readonly id?: number; readonly position?: number },
): Promise<EndedRow[]> {
  const { rows } = await database.query<EndedRow>({
    name: by.id === undefined ? 'outcome_at' : 'outcome_by_id',
    text: `select ${OUTCOME_COLUMNS}, raw from outcome
           where workspace_id = $1 and ${by.id === undefined ? 'coalesce(position, after_position) = $2 and position = $2' : 'id = $2'}`,
    values: [workspace, by.id ?? by.position],
  })
  return rows
}

/** Refused ones, and those that ended otherwise and are no longer read from the log. */
export async function readEnded(
  client: Client,
  question: FeedQuestion,
  { loaded }: Cursors,
  range: PositionRange,
): Promise<FeedPart> {
  const { workspace, limit, after, before, outcome, handling, identifier, country } = question
  if (outcome !== undefined && !ENDED.has(outcome)) return NO_EVENTS
  const { rows } = await client.query<EndedRow>({
    name: `ended_events_${handling ?? 'all'}`,
    text: `select ${OUTCOME_COLUMNS}, case when length(raw) <= $11 then raw end as raw
           from outcome
           where workspace_id = $1 and coalesce(position, after_position) between $2 and $3
             and (position is null or (position > $2 and position <= $4))
             and (position is not null or after_position < $3 or $5::bigint = 0 or id < $5)
             and (position is not null or after_position >= $2 + 1 or id > $6)
             and ($7::text is null or outcome = $7) and ($8::text is null or type = $8)
             and ($9::text is null or name = $9) and ($10::int is null or source_id = $10)
             ${handling === undefined ? '' : `and raw is not null and outcome <> 'duplicate' and ${IN_STATE[handling]}`}
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
  const events = rows.map((row) => {
    const content = row.position === null ? undefined : logged.get(row.position)
    const known =
      content === undefined
        ? undefined
        : describeLogged(workspace, content, { processed: 0 }, NO_FACTS.marks, new Map(), country)
    return withContent(toEnded(row, country), known)
  })
  if (identifier === undefined) return { events, floor }
  return {
    events: events.filter((event) => event.identifiers.some((one) => isAskedFor(identifier, one, country))),
    floor,
  }
}

function placeOfOutcome({ position, after, id }: EndedRow): FeedPlace {
  return position === null ? { position: after ?? 0, refused: id } : placeOf(position)
}

/** An outcome as an event of the feed. */
export function toEnded(row: EndedRow, country: string | null): FeedEvent {
  const raw = row.raw?.toString('utf8')
  const json = raw === undefined ? undefined : parseObject(raw)
  return {
    place: placeOfOutcome(row),
    outcome: row.outcome,
    outcomeId: row.id,
    code: row.code,
    message: row.message,
    handling: handlingOf(row, row.bytes !== null),
    type: row.type ?? undefined,
    name: row.name ?? '',
    source: row.source,
    identifiers:
      json === undefined
        ? []
        : extractIdentifiers(row.type ?? 'track', json, country).identifiers.map(plainIdentifier),
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
export function withContent(ended: FeedEvent, content: FeedEvent | undefined): FeedEvent {
  if (content === undefined) return ended
  const { place, outcome, outcomeId, code, message, handling } = ended
  return { ...content, place, outcome, outcomeId, code, message, handling }
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function timeOf(json: JsonObject | undefined): number | undefined {
  const said = textOf(json?.['timestamp'])
  const time = said === undefined ? Number.NaN : Date.parse(said)
  return Number.isNaN(time) ? undefined : time
}
