import type { FeedAnswer } from '@affluent/protocol/endpoints/events'
import type { EventRow } from '@affluent/protocol/event-row'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useReducer, useRef, useState } from 'react'
import { call } from '../../api/call.ts'
import { api } from '../../api/request.ts'
import { useWorkspace } from '../../api/use-workspace.ts'
import {
  EMPTY_FEED,
  FEED_LOOK_ROWS,
  FEED_PAGE_ROWS,
  type Feed,
  type Gap,
  stepFeed,
  unsettledSpan,
} from './feed.ts'
import { type FeedFilter, isUnfiltered } from './live-search.ts'

const LOOK_EVERY_MS = 1_000
/** What the processor usually needs. */
const SETTLE_MS = 120
/** Rows that fill the pane. */
const FIRST_ROWS = 40
/** Stretches that are looked through before somebody is asked whether to go on. */
const LOOKS_AT_ONCE = 12
const WAIT_AFTER_ERROR_MS_MAX = 10_000

export interface FollowedFeed {
  readonly feed: Feed
  readonly isOpen: boolean
  /** Why the latest look did not succeed; gone as soon as one does. */
  readonly error: unknown
  readonly isReadingMore: boolean
  readonly hold: () => void
  readonly release: () => void
  readonly readOlder: () => Promise<void>
  readonly fillGap: (gap: Gap) => Promise<void>
  /** One event stands differently now: its row follows, or leaves the list. */
  readonly change: (row: EventRow) => void
  readonly retry: () => void
}

/**
 * Events newest first, followed live: one look a second while the tab is seen, one change of state for each.
 * @param filter stays the same for the life of the component that asks
 * @param before looks at the past and follows nothing
 */
export function useFeed(filter: FeedFilter, before: string | undefined): FollowedFeed {
  const [feed, step] = useReducer(stepFeed, EMPTY_FEED)
  const [error, setError] = useState<unknown>()
  const [round, setRound] = useState(0)
  const [isReadingMore, setReadingMore] = useState(false)
  const read = useRead(filter)
  const latest = useRef(feed)
  latest.current = feed

  useEffect(() => {
    const stop = new AbortController()
    const { signal } = stop
    const feed = () => latest.current
    void follow({ read, step, setError, setReading: setReadingMore, filter, before, feed, signal })
    return () => stop.abort()
    // The filter stays: another one is another list.
  }, [round])

  const whileReading = async (work: () => Promise<void>) => {
    setReadingMore(true)
    try {
      await work()
      setError(undefined)
    } catch (failure) {
      setError(failure)
    } finally {
      setReadingMore(false)
    }
  }
  return {
    feed,
    isOpen: feed.nextAfter !== undefined,
    error,
    isReadingMore,
    hold: () => step({ kind: 'held' }),
    release: () => step({ kind: 'released' }),
    readOlder: () =>
      whileReading(async () => {
        await readOn({ read, step, before: latest.current.nextBefore, wanted: 1 })
      }),
    fillGap: ({ id, gap }) =>
      whileReading(async () => {
        const answer = await read({ before: gap.before, after: gap.after, limit: FEED_LOOK_ROWS })
        step({ kind: 'filled', gap: id, answer })
      }),
    change: (row) => step({ kind: 'changed', row, belongs: belongsTo(row, filter) }),
    retry: () => setRound((count) => count + 1),
  }
}

function belongsTo({ handling }: EventRow, filter: FeedFilter): boolean {
  return filter.handling === undefined || handling?.state === filter.handling
}

type Read = (places: { after?: string; before?: string; limit: number }) => Promise<FeedAnswer>

function useRead(filter: FeedFilter): Read {
  const workspace = useWorkspace()
  const queries = useQueryClient()
  return (places) => {
    const request = api('GET /v1/events', { query: { ...filter, ...places } })
    return queries.fetchQuery({
      // Not kept: no look is asked for twice.
      queryKey: [workspace, 'look', request.path],
      queryFn: ({ signal }) => call(request, { workspace, signal }),
      gcTime: 0,
      retry: false,
    })
  }
}

interface Following {
  readonly read: Read
  readonly step: (step: Parameters<typeof stepFeed>[1]) => void
  readonly setError: (error: unknown) => void
  readonly setReading: (isReading: boolean) => void
  readonly filter: FeedFilter
  readonly before: string | undefined
  readonly feed: () => Feed
  readonly signal: AbortSignal
}

async function follow({
  read,
  step,
  setError,
  setReading,
  filter,
  before,
  feed,
  signal,
}: Following): Promise<void> {
  let failures = 0
  while (!signal.aborted) {
    const began = performance.now()
    try {
      await seen(signal)
      const { nextAfter } = feed()
      if (nextAfter === undefined) {
        const answer = await read({ limit: FEED_PAGE_ROWS, ...(before === undefined ? {} : { before }) })
        if (signal.aborted) return
        step({ kind: 'opened', answer })
        const wanted = FIRST_ROWS - answer.events.length
        if (wanted > 0)
          await readOn({ read, step, before: answer.nextBefore ?? undefined, wanted, signal, setReading })
      } else if (before === undefined) await look({ read, step, filter, feed, signal }, nextAfter)
      failures = 0
      if (!signal.aborted) setError(undefined)
      if (before !== undefined) return
    } catch (error) {
      failures += 1
      if (signal.aborted) return
      setError(error)
    }
    const pause = Math.min(LOOK_EVERY_MS * 2 ** failures, WAIT_AFTER_ERROR_MS_MAX)
    await sleep(Math.max(50, began + (failures === 0 ? LOOK_EVERY_MS : pause) - performance.now()), signal)
  }
}

interface ReadingOn {
  readonly read: Read
  readonly step: Following['step']
  readonly before: string | undefined
  /** Rows that are enough for now. */
  readonly wanted: number
  readonly signal?: AbortSignal
  readonly setReading?: (isReading: boolean) => void
}

/** Reads older ones until enough fit: one answer looks through a stretch of the log and may hold few rows, or none. */
async function readOn({ read, step, before, wanted, signal, setReading }: ReadingOn): Promise<void> {
  let place = before
  let found = 0
  setReading?.(true)
  try {
    for (let looks = 0; looks < LOOKS_AT_ONCE && place !== undefined && found < wanted; looks += 1) {
      const answer = await read({ before: place, limit: FEED_PAGE_ROWS })
      if (signal?.aborted === true) return
      step({ kind: 'older', answer })
      found += answer.events.length
      place = answer.nextBefore ?? undefined
    }
  } finally {
    setReading?.(false)
  }
}

async function look(
  { read, step, filter, feed, signal }: Pick<Following, 'read' | 'step' | 'filter' | 'feed' | 'signal'>,
  nextAfter: string,
): Promise<void> {
  const { outcome, handling } = filter
  if (outcome === 'accepted') {
    // Who was processed leaves this list.
    const answer = await read({ limit: FEED_PAGE_ROWS })
    if (!signal.aborted) step({ kind: 'replaced', answer })
    return
  }
  // How an event ended is known a moment after it came: what was not final at the last look is looked through again.
  const { loaded } = feed()
  const isByEnd = handling !== undefined || outcome !== undefined
  const isLate = isByEnd && outcome !== 'refused' && loaded < Number(nextAfter.split('-')[0])
  const after = isLate ? String(loaded) : nextAfter
  const answer = await read({ after, limit: FEED_LOOK_ROWS })
  if (signal.aborted) return
  step({ kind: 'came', answer, after, isFiltered: !isUnfiltered(filter) })
  if (answer.events.some((event) => event.outcome === 'accepted')) await sleep(SETTLE_MS, signal)
  const span = unsettledSpan(feed())
  if (span === undefined) return
  const settled = await read({ ...span, limit: FEED_LOOK_ROWS * 2 })
  if (!signal.aborted) step({ kind: 'settled', answer: settled })
}

/** Waits until somebody looks at this tab. */
function seen(signal: AbortSignal): Promise<void> {
  if (!document.hidden) return Promise.resolve()
  return new Promise((resolve) => {
    const check = () => {
      if (document.hidden && !signal.aborted) return
      document.removeEventListener('visibilitychange', check)
      signal.removeEventListener('abort', check)
      resolve()
    }
    document.addEventListener('visibilitychange', check)
    signal.addEventListener('abort', check)
  })
}

function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, milliseconds)
    signal.addEventListener('abort', end)
  })
}
