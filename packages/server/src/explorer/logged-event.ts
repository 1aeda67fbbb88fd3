import { messageIdOf } from '@affluent/core/event/message-id-of'
import { extractIdentifiers } from '@affluent/core/identity/extract-identifiers'
import type { EventOutcome } from '@affluent/protocol/event-row'
import { EVENT_FLAGS } from '../ingest/contract.ts'
import type { Cursors } from '../log/cursors.ts'
import { acceptAgain } from '../log/read-log.ts'
import type { LoggedEvent } from '../log/scan-log.ts'
import type { LoadMark } from '../warehouse/contract.ts'
import { type FeedEvent, placeOf, plainIdentifier } from './feed-event.ts'
import { type HandledRow, handlingOf } from './outcome-store.ts'

/** How an event ended that was not processed. */
export interface Ending extends HandledRow {
  readonly id: number
  readonly outcome: EventOutcome
  readonly code: string
  readonly message: string
  readonly position: number | null
}

/** Where an event of the log stands. */
export function outcomeOf(
  position: number,
  { processed }: Pick<Cursors, 'processed'>,
  endings: ReadonlyMap<number, Ending>,
): EventOutcome {
  if (position > processed) return 'accepted'
  return endings.get(position)?.outcome ?? 'processed'
}

/** An event of the log as it stands now. */
export function describeLogged(
  workspace: number,
  { position, request, event }: LoggedEvent,
  cursors: Pick<Cursors, 'processed'>,
  marks: ReadonlyMap<number, Pick<LoadMark, 'fragment' | 'flags'>>,
  endings: ReadonlyMap<number, Ending>,
  country: string | null,
): FeedEvent {
  const { checked, history } = acceptAgain(request, event)
  const ending = endings.get(position)
  const mark = marks.get(position)
  return {
    place: placeOf(position),
    outcome: outcomeOf(position, cursors, endings),
    outcomeId: ending?.id,
    code: ending?.code,
    message: ending?.message,
    handling: ending === undefined ? null : handlingOf(ending, true),
    type: event.type,
    name: checked.name,
    source: request.source,
    identifiers: extractIdentifiers(checked.type, checked.json, country).identifiers.map(plainIdentifier),
    messageId: checked.messageId ?? messageIdOf(workspace, position),
    time: checked.time,
    receivedAt: request.receivedAt,
    bytes: event.raw.length,
    fragment: mark?.fragment ?? 0,
    flags: mark?.flags ?? (history ? EVENT_FLAGS.history : 0),
    raw: event.raw.toString('utf8'),
  }
}
