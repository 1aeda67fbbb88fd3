import { extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import { isAskedFor } from '@affluent/core/identity/identifier-forms'
import type { HandlingState } from '@affluent/protocol/event'
import { FEED_LOG_BYTES_MAX, FEED_LOG_EVENTS_MAX } from '@affluent/protocol/limits'
import type { Cursors } from '../log/cursors.ts'
import { acceptAgain } from '../log/read-log.ts'
import { type LoggedEvent, scanLog } from '../log/scan-log.ts'
import type { Client } from '../platform/database/connect.ts'
import { readEndings } from './ended-feed.ts'
import { type FeedPart, type FeedQuestion, MORE, type PositionRange, placeOf } from './feed-event.ts'
import { describeLogged, type Ending, outcomeOf } from './logged-event.ts'
import { handlingOf } from './outcome-store.ts'
import { NO_FACTS, readWaitingFacts } from './waiting-facts.ts'

/** What is not in ClickHouse yet: from the log, with what the processor has decided so far. */
export async function readLogged(
  client: Client,
  question: FeedQuestion,
  cursors: Cursors,
  range: PositionRange,
): Promise<FeedPart> {
  const { workspace, limit } = question
  const own = { from: Math.max(range.from, cursors.loaded + 1), to: range.to }
  // a page without a filter is full soon
  const bytes = isFiltered(question) ? FEED_LOG_BYTES_MAX : FEED_LOG_BYTES_MAX / 8
  const look = await scanLog(client, workspace, own, bytes)
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
      (question.outcome === undefined || outcomeOf(each.position, cursors, endings) === question.outcome) &&
      (question.handling === undefined || stateOf(endings.get(each.position)) === question.handling)
    if (!isAsked || !isNamed(each, question)) continue
    found.push(each)
    if (found.length <= limit) continue
    floor = placeOf(each.position)
    break
  }
  const shown = spanOf(found)
  const { marks } = shown === undefined ? NO_FACTS : await readWaitingFacts(client, workspace, shown)
  return {
    events: found.map((each) => describeLogged(workspace, each, cursors, marks, endings, question.country)),
    floor,
  }
}

function stateOf(ending: Ending | undefined): HandlingState | undefined {
  return ending === undefined ? undefined : handlingOf(ending, true)?.state
}

function isFiltered({ type, name, identifier, outcome, handling, source }: FeedQuestion): boolean {
  return [type, name, identifier, outcome, handling, source].some((test) => test !== undefined)
}

function spanOf(events: readonly LoggedEvent[]): PositionRange | undefined {
  const [newest] = events
  const oldest = events.at(-1)
  return newest === undefined || oldest === undefined
    ? undefined
    : { from: oldest.position, to: newest.position }
}

/** The filters for which an event must be parsed. */
function isNamed({ request, event }: LoggedEvent, { name, identifier, country }: FeedQuestion): boolean {
  if (name === undefined && identifier === undefined) return true
  const { checked } = acceptAgain(request, event)
  if (name !== undefined && checked.name !== name) return false
  if (identifier === undefined) return true
  return extractIdentifiers(checked.type, checked.json, country).identifiers.some((one) =>
    isAskedFor(identifier, one, country),
  )
}
