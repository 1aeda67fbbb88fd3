import type { FoundMembership } from '../audiences/contract.ts'
import { type Cursors, readCursors } from '../log/cursors.ts'
import { findInLog } from '../log/scan-log.ts'
import { type Client, type Database, inTransaction, type Reader } from '../platform/database/connect.ts'
import { findEnded, readEnded, toEnded, withContent } from './ended-feed.ts'
import {
  type FeedEvent,
  type FeedPart,
  type FeedPlace,
  type FeedQuestion,
  type FeedStores,
  NO_EVENTS,
  newestFirst,
  type PositionRange,
} from './feed-event.ts'
import { describeLogged } from './logged-event.ts'
import { readLogged } from './logged-feed.ts'
import { readStored, readStoredEvents } from './stored-feed.ts'
import { readWaitingFacts } from './waiting-facts.ts'

/** A page of the feed. */
export interface Feed {
  /** newest first */
  readonly events: readonly FeedEvent[]
  readonly head: number
  readonly loaded: number
  readonly nextBefore: FeedPlace | undefined
  readonly nextAfter: FeedPlace
}

/**
 * Events newest first: what is not in ClickHouse yet from the log, as of one moment; what is there from there; and in
 * between, by place, what ended otherwise. A position is read from one of the two only, so that nothing is missing or
 * there twice, whatever is loaded meanwhile.
 */
export async function readFeed(stores: FeedStores, question: FeedQuestion): Promise<Feed> {
  const { workspace, after, before, outcome, handling, limit } = question
  const { cursors, logged, ended } = await atOneMoment(stores.database, async (client) => {
    const cursors = await readCursors(client, workspace)
    const range = rangeOf(question, cursors)
    const isInLog = outcome !== 'refused'
    const logged = isInLog ? await readLogged(client, question, cursors, range) : NO_EVENTS
    return { cursors, logged, ended: await readEnded(client, question, cursors, range) }
  })
  const range = rangeOf(question, cursors)
  const loaded = { from: range.from, to: Math.min(range.to, cursors.loaded) }
  const isInClickHouse = (outcome === undefined || outcome === 'processed') && handling === undefined
  let stored = NO_EVENTS
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

/**
 * One event, with all of its bytes.
 * @returns undefined when no event has this position, or nothing is kept of it
 */
export async function findEvent(
  stores: FeedStores,
  workspace: number,
  position: number,
  country: string | null,
): Promise<FoundEvent | undefined> {
  const { cursors, logged, outcome, entry } = await atOneMoment(stores.database, async (client) => {
    const cursors = await readCursors(client, workspace)
    const [outcome] = await findEnded(client, workspace, { position })
    return {
      cursors,
      outcome,
      logged: (await findInLog(client, workspace, [position], Number.MAX_SAFE_INTEGER)).get(position),
      entry: await readWaitingFacts(client, workspace, { from: position, to: position }),
    }
  })
  const isLoaded = position <= cursors.loaded
  const mine = entry.memberships.filter((change) => change.position === position)
  const memberships = isLoaded ? undefined : mine
  if (outcome !== undefined) {
    const content =
      logged === undefined
        ? undefined
        : describeLogged(workspace, logged, cursors, entry.marks, new Map(), country)
    return { event: withContent(toEnded(outcome, country), content), isLoaded, memberships }
  }
  if (!isLoaded) {
    if (logged === undefined) return undefined
    return {
      event: describeLogged(workspace, logged, cursors, entry.marks, new Map(), country),
      isLoaded,
      memberships,
    }
  }
  const [event] = await readStoredEvents(stores.reads, workspace, [{ position }], country)
  return event === undefined ? undefined : { event, isLoaded, memberships }
}

/** Something that was refused by the collector, by its outcome's number. */
export async function findRefused(
  database: Reader,
  workspace: number,
  id: number,
  country: string | null,
): Promise<FeedEvent | undefined> {
  const [row] = await findEnded(database, workspace, { id })
  return row === undefined || row.position !== null ? undefined : toEnded(row, country)
}

/** Positions of the events that lie between `after` and `before`. */
function rangeOf({ after, before }: FeedQuestion, { head }: Cursors): PositionRange {
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

function merge(
  parts: readonly FeedPart[],
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
