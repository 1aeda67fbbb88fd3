import type { CountLeaf, Scalar, Window } from '@affluent/protocol/condition'
import type { Evidence, LeafAnswers, LeafEvents, WhyAsked, WhySubject } from './leaves/leaf-kind.ts'
import { countOperators } from './operators/count-operators.ts'
import type { Decide, LeafReading } from './series-reading.ts'
import type { SeriesSpec, SeriesState } from './series-state.ts'
import { boundsAt, entersAt, leavesAt, staysUntil } from './window.ts'

/** What is asked of the events of one pattern. */
export interface EventQuestion {
  readonly events: LeafEvents
  readonly series: SeriesSpec
  readonly decide: Decide
  /** of a count: found without a list, and not asked again while enough are left */
  readonly count?: Pick<CountLeaf, 'op' | 'count'>
}

/**
 * Answers a question about events from the series that remembers them; where that is cold, with what ClickHouse said.
 * @param zone IANA name, for windows that follow the calendar
 * @param key canonical text of the leaf
 */
export function eventAnswers(question: EventQuestion, zone: string, key: string): LeafAnswers {
  const { series } = question
  const holds =
    question.count === undefined ? valueHolds(question, zone) : countHolds(question, question.count, zone)
  return {
    series,
    trait: undefined,
    holds: (subject, now) => {
      const state = subject.series(series)
      const cold = state?.x === 1 ? subject.coldAnswer(key) : undefined
      return cold ?? holds(state, now)
    },
    turnsAt: (subject, now, before = Number.POSITIVE_INFINITY) => {
      const state = subject.series(series)
      return state?.x === 1 ? Number.POSITIVE_INFINITY : turnsAt(question, state, now, zone, before)
    },
  }
}

/**
 * What decided the answer to a question about events.
 * @param tell what the events in the window come to
 */
export function eventsWhy(
  question: EventQuestion,
  person: WhySubject,
  asked: WhyAsked,
  tell: (reading: LeafReading) => Readonly<Record<string, Scalar | null>>,
): Evidence {
  const state = asked.series === undefined ? undefined : person.series(asked.series)
  if (state?.x === 1) return { kind: 'cold', asOf: person.coldAnswerAt(asked.key) }
  const reading = readingOf(question, state, asked.now, asked.zone)
  return { kind: 'events', events: question.events, times: reading.times, facts: tell(reading) }
}

type Holds = (series: SeriesState | undefined, now: number) => boolean

function valueHolds(question: EventQuestion, zone: string): Holds {
  return (series, now) => readingOf(question, series, now, zone).holds
}

function countHolds(
  { events }: EventQuestion,
  { op, count }: Pick<CountLeaf, 'op' | 'count'>,
  zone: string,
): Holds {
  const { within } = events
  const { holds: reaches } = countOperators[op]
  return (series, now) => reaches(countAt(within, series, now, zone), count)
}

function readingOf(
  { events, decide }: EventQuestion,
  series: SeriesState | undefined,
  now: number,
  zone: string,
): LeafReading {
  const [from, to] = rangeAt(events.within, series, now, zone)
  return decide(series, from, to)
}

/** How many entries are in the window: the answer of most leaves, found without a list. */
function countAt(
  within: Window | undefined,
  series: SeriesState | undefined,
  now: number,
  zone: string,
): number {
  if (series === undefined || series.t.length === 0) return 0
  const { t } = series
  const { after, to } = boundsAt(within, now, zone)
  let end = t.length
  while (end > 0 && (t[end - 1] as number) > to) end--
  let from = end
  while (from > 0 && (t[from - 1] as number) > after) from--
  return end - from
}

/** Indexes of the entries in the window: from, to (excluded). */
function rangeAt(
  within: Window | undefined,
  series: SeriesState | undefined,
  now: number,
  zone: string,
): [from: number, to: number] {
  if (series === undefined || series.t.length === 0) return [0, 0]
  const { after, to } = boundsAt(within, now, zone)
  const { t } = series
  let end = t.length
  while (end > 0 && (t[end - 1] as number) > to) end--
  let from = end
  while (from > 0 && (t[from - 1] as number) > after) from--
  return [from, end]
}

function turnsAt(
  { events: { within }, count: asked }: EventQuestion,
  series: SeriesState | undefined,
  now: number,
  zone: string,
  before: number,
): number {
  if (series === undefined || series.t.length === 0) return Number.POSITIVE_INFINITY
  const [from, to] = rangeAt(within, series, now, zone)
  const enters = firstEntering(within, series, now, zone)
  if (from === to) return enters
  // a count that is reached stays so until too few are left
  const operator = asked === undefined ? undefined : countOperators[asked.op]
  if (asked !== undefined && operator?.isLeast === true) {
    const needed = operator.needs(asked.count)
    if (to - from < needed) return enters
    if (needed === 0) return Number.POSITIVE_INFINITY
    return leaving(within, series.t[to - needed] as number, now, zone, before)
  }
  return Math.min(enters, leaving(within, series.t[from] as number, now, zone, before))
}

function leaving(
  within: Window | undefined,
  time: number,
  now: number,
  zone: string,
  before: number,
): number {
  const soonest = staysUntil(within, time, now)
  return soonest >= before ? soonest : leavesAt(within, time, now, zone)
}

/** When the next entry comes into the window. */
function firstEntering(within: Window | undefined, series: SeriesState, now: number, zone: string): number {
  for (const time of series.t) {
    if (within?.kind !== 'last' && time <= now) continue
    const enters = entersAt(within, time, zone)
    if (enters > now) return enters
  }
  return Number.POSITIVE_INFINITY
}
