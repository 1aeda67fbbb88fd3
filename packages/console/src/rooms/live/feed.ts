import type { FeedAnswer } from '@affluent/protocol/endpoints/events'
import type { EventRow } from '@affluent/protocol/event-row'

/** Rows in memory at most. */
export const FEED_ROWS_MAX = 1_000
/** Rows of the first page and of each older one. */
export const FEED_PAGE_ROWS = 100
/** Rows that one look at what is new takes; what came beyond them becomes a gap. */
export const FEED_LOOK_ROWS = 200
/** Rows that are asked for again at once because they were not processed yet. */
const SETTLE_POSITIONS = 400

/** Events that came in between and were not read. */
export interface Gap {
  readonly id: string
  readonly gap: {
    /** Places, as the API takes them. */
    readonly after: string
    readonly before: string
    /** About how many; undefined where that cannot be told. */
    readonly count: number | undefined
  }
}

export type FeedRow = EventRow | Gap

export interface Feed {
  /** Newest first. */
  readonly rows: readonly FeedRow[]
  /** Came while the list was held still; newest first. */
  readonly held: readonly FeedRow[]
  /** How many came while it was held, also those that fell out of `held`. */
  readonly heldCount: number
  /** Held by the member, or because somebody reads further down. */
  readonly isHeld: boolean
  /** Came with the latest look: they are marked for a moment. */
  readonly fresh: ReadonlySet<string>
  /** Where the next look goes on; undefined: not opened yet. */
  readonly nextAfter: string | undefined
  /** Where older ones go on; undefined: there are none. */
  readonly nextBefore: string | undefined
  /** Position up to which nothing changes any more. */
  readonly loaded: number
}

export type FeedStep =
  | { readonly kind: 'opened'; readonly answer: FeedAnswer }
  /** A look at what is new, and the place after which it was asked for. */
  | {
      readonly kind: 'came'
      readonly answer: FeedAnswer
      readonly after: string
      readonly isFiltered: boolean
    }
  | { readonly kind: 'replaced'; readonly answer: FeedAnswer }
  | { readonly kind: 'settled'; readonly answer: FeedAnswer }
  /** One event stands differently now, such as after a repair; whether it still belongs to this list. */
  | { readonly kind: 'changed'; readonly row: EventRow; readonly belongs: boolean }
  | { readonly kind: 'older'; readonly answer: FeedAnswer }
  | { readonly kind: 'filled'; readonly gap: string; readonly answer: FeedAnswer }
  | { readonly kind: 'held' }
  | { readonly kind: 'released' }

const NOTHING: ReadonlySet<string> = new Set()

export const EMPTY_FEED: Feed = {
  rows: [],
  held: [],
  heldCount: 0,
  isHeld: false,
  fresh: NOTHING,
  nextAfter: undefined,
  nextBefore: undefined,
  loaded: 0,
}

/** The feed after one step. Nothing is lost in silence: what was not read stands there as a gap. */
export function stepFeed(feed: Feed, step: FeedStep): Feed {
  switch (step.kind) {
    case 'opened':
      return {
        ...feed,
        rows: step.answer.events,
        nextAfter: step.answer.nextAfter,
        nextBefore: step.answer.nextBefore ?? undefined,
        loaded: step.answer.loaded,
      }
    case 'came':
      return take(feed, step)
    case 'replaced':
      return {
        ...feed,
        rows: feed.isHeld ? feed.rows : step.answer.events,
        nextBefore: step.answer.nextBefore ?? undefined,
      }
    case 'settled':
      return withUpdates(feed, step.answer.events)
    case 'changed':
      return step.belongs ? withUpdates(feed, [step.row]) : without(feed, step.row.id)
    case 'older':
      return older(feed, step.answer)
    case 'filled':
      return { ...feed, rows: fill(feed.rows, step), held: fill(feed.held, step) }
    case 'held':
      return feed.isHeld ? feed : { ...feed, isHeld: true, fresh: NOTHING }
    case 'released':
      return release(feed)
  }
}

export function isGap(row: FeedRow): row is Gap {
  return 'gap' in row
}

/**
 * The stretch that holds rows which were only accepted when they were read, oldest part first; undefined: there are
 * none.
 */
export function unsettledSpan({ rows, held }: Feed): { after: string; before: string } | undefined {
  const positions = [...held, ...rows].flatMap((row) =>
    !isGap(row) && row.outcome === 'accepted' && row.position !== null ? [row.position] : [],
  )
  if (positions.length === 0) return undefined
  const low = Math.min(...positions)
  const high = Math.min(Math.max(...positions), low + SETTLE_POSITIONS - 1)
  return { after: String(low - 1), before: String(high + 1) }
}

/** Whether older rows find room in memory. */
export function hasRoom({ rows }: Feed): boolean {
  return rows.length + FEED_PAGE_ROWS <= FEED_ROWS_MAX
}

function take(feed: Feed, { answer, after, isFiltered }: Extract<FeedStep, { kind: 'came' }>): Feed {
  const known = idsOf([...feed.held, ...feed.rows])
  const came = answer.events.filter(({ id }) => !known.has(id))
  const updated = withUpdates(
    { ...feed, nextAfter: answer.nextAfter, loaded: answer.loaded },
    answer.events.filter(({ id }) => known.has(id)),
  )
  if (came.length === 0) return updated.fresh.size === 0 ? updated : { ...updated, fresh: NOTHING }
  // With a known one among them the answer reaches down to what is shown.
  const isCut = answer.nextBefore !== null && came.length === answer.events.length
  const top: FeedRow[] = isCut ? [...came, gapOf(answer, after, isFiltered)] : came
  if (feed.isHeld)
    return {
      ...updated,
      held: [...top, ...updated.held].slice(0, FEED_ROWS_MAX),
      heldCount: feed.heldCount + came.length,
    }
  return trimmed({ ...updated, rows: [...top, ...updated.rows], fresh: idsOf(came) })
}

function gapOf({ nextBefore, events }: FeedAnswer, after: string, isFiltered: boolean): Gap {
  const lowest = events.findLast(({ position }) => position !== null)?.position
  const count =
    isFiltered || lowest === undefined || lowest === null ? 0 : lowest - 1 - Number(after.split('-')[0])
  return {
    id: `gap_${after}_${nextBefore}`,
    gap: { after, before: nextBefore ?? '', count: count > 0 ? count : undefined },
  }
}

function release(feed: Feed): Feed {
  if (!feed.isHeld) return feed
  const isWhole = feed.heldCount < FEED_ROWS_MAX
  // What fell out of the held rows came between them and the shown ones: these go, as they are the oldest.
  const rows = isWhole ? [...feed.held, ...feed.rows] : feed.held
  const fresh = feed.held.length <= FEED_LOOK_ROWS ? idsOf(feed.held) : NOTHING
  const released = { ...feed, rows, held: [], heldCount: 0, isHeld: false, fresh }
  return isWhole ? trimmed(released) : endedAtPosition(released)
}

function older(feed: Feed, answer: FeedAnswer): Feed {
  const known = idsOf(feed.rows)
  return {
    ...feed,
    rows: [...feed.rows, ...answer.events.filter(({ id }) => !known.has(id))],
    nextBefore: answer.nextBefore ?? undefined,
  }
}

function fill(
  rows: readonly FeedRow[],
  { gap: id, answer }: Extract<FeedStep, { kind: 'filled' }>,
): readonly FeedRow[] {
  const known = idsOf(rows)
  return rows.flatMap((row): FeedRow[] => {
    if (row.id !== id || !isGap(row)) return [row]
    const came: FeedRow[] = answer.events.filter((event) => !known.has(event.id))
    if (answer.nextBefore === null || answer.events.length === 0) return came
    return [...came, gapOf(answer, row.gap.after, row.gap.count === undefined)]
  })
}

function withUpdates(feed: Feed, updates: readonly EventRow[]): Feed {
  if (updates.length === 0) return feed
  const byId = new Map(updates.map((row) => [row.id, row]))
  const apply = (rows: readonly FeedRow[]) => {
    let isChanged = false
    const next = rows.map((row) => {
      const update = byId.get(row.id)
      if (update === undefined || isGap(row) || isSame(row, update)) return row
      isChanged = true
      return update
    })
    return isChanged ? next : rows
  }
  return { ...feed, rows: apply(feed.rows), held: apply(feed.held) }
}

// Of an event only how it stands can change.
function isSame(a: EventRow, b: EventRow): boolean {
  return (
    a.outcome === b.outcome &&
    a.profileId === b.profileId &&
    a.isBot === b.isBot &&
    a.handling?.state === b.handling?.state &&
    a.handling?.position === b.handling?.position
  )
}

function without(feed: Feed, id: string): Feed {
  const stays = (row: FeedRow) => row.id !== id
  if (feed.rows.every(stays) && feed.held.every(stays)) return feed
  return { ...feed, rows: feed.rows.filter(stays), held: feed.held.filter(stays) }
}

function trimmed(feed: Feed): Feed {
  return feed.rows.length <= FEED_ROWS_MAX ? feed : endedAtPosition(feed)
}

// The last row that stays has a position where one is to be had: older ones are asked for from there.
function endedAtPosition(feed: Feed): Feed {
  const kept = feed.rows.slice(0, FEED_ROWS_MAX)
  const last = kept.findLastIndex((row) => !isGap(row) && row.position !== null)
  const row = kept[last]
  if (row === undefined || isGap(row)) return { ...feed, rows: kept, nextBefore: undefined }
  return { ...feed, rows: kept.slice(0, last + 1), nextBefore: String(row.position) }
}

function idsOf(rows: readonly FeedRow[]): ReadonlySet<string> {
  return new Set(rows.map(({ id }) => id))
}
