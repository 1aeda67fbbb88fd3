import { EVENT_TYPES, type EventType, HANDLING_STATES, type HandlingState } from '@affluent/protocol/event'
import type { EventOutcome } from '@affluent/protocol/event-row'

export const EVENT_VIEWS = ['pretty', 'raw', 'story'] as const
export type EventView = (typeof EVENT_VIEWS)[number]

/** In the order in which an event may come to them. */
export const OUTCOMES: readonly EventOutcome[] = [
  'accepted',
  'processed',
  'duplicate',
  'quarantined',
  'filtered',
  'refused',
]

/** Which events are asked for. */
export interface FeedFilter {
  readonly type?: EventType | undefined
  readonly name?: string | undefined
  readonly identifier?: string | undefined
  readonly outcome?: EventOutcome | undefined
  readonly handling?: HandlingState | undefined
  readonly source?: string | undefined
}

/** What the address of the room says. */
export interface LiveSearch extends FeedFilter {
  /** The event that is open in the side panel. */
  readonly event?: string | undefined
  readonly view?: EventView | undefined
  /** Looks at the past: only what came before this place, and nothing new. */
  readonly before?: string | undefined
}

/** Reads the search parameters; what is not understood is left out. */
export function readLiveSearch(search: Record<string, unknown>): LiveSearch {
  const before = textOf(search['before'])
  return withoutGaps({
    type: oneOf(EVENT_TYPES, search['type']),
    name: textOf(search['name']),
    identifier: textOf(search['identifier']),
    outcome: oneOf(OUTCOMES, search['outcome']),
    handling: oneOf(HANDLING_STATES, search['handling']),
    source: textOf(search['source']),
    event: readEventId(search['event']),
    view: oneOf(EVENT_VIEWS, search['view']),
    before: before !== undefined && /^\d{1,15}(-\d{1,15})?$/.test(before) ? before : undefined,
  })
}

/** An event's id as the API writes it. */
export function readEventId(value: unknown): string | undefined {
  return typeof value === 'string' && /^(evt|out)_\d{1,15}$/.test(value) ? value : undefined
}

/** Only the filter of a search. */
export function filterOf({ type, name, identifier, outcome, handling, source }: LiveSearch): FeedFilter {
  return withoutGaps({ type, name, identifier, outcome, handling, source })
}

/** Whether nothing is filtered. */
export function isUnfiltered(filter: FeedFilter): boolean {
  return Object.values(filter).every((value) => value === undefined)
}

// The router reads what looks like JSON as JSON: a name that is a number arrives as one.
function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null || value === '') return undefined
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function oneOf<Value extends string>(all: readonly Value[], value: unknown): Value | undefined {
  return all.find((one) => one === value)
}

function withoutGaps<Fields extends object>(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Fields
}
