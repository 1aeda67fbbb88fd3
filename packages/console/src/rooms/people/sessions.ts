const SESSION_GAP_MS = 30 * 60_000

/** What a session is made of: something at an instant. */
interface Timed {
  readonly timestamp: string
}

export interface Session<Event> {
  /** Of the first and the last event. */
  readonly from: string
  readonly to: string
  /** Newest first. */
  readonly events: readonly Event[]
}

export interface Day<Event> {
  /** As `dayOf` names it. */
  readonly day: string
  readonly sessions: ReadonlyArray<Session<Event>>
}

/**
 * Events in sessions, and these under the days on which they ended: both newest first. A session is over when nothing
 * came for 30 minutes.
 * @param events newest first
 * @param dayOf the day of an instant in the zone that is shown
 */
export function groupBySession<Event extends Timed>(
  events: readonly Event[],
  dayOf: (instant: string) => string,
): ReadonlyArray<Day<Event>> {
  const sessions: Event[][] = []
  for (const event of events) {
    const session = sessions.at(-1)
    const later = session?.at(-1)
    const isSame =
      later !== undefined && Date.parse(later.timestamp) - Date.parse(event.timestamp) <= SESSION_GAP_MS
    if (session !== undefined && isSame) session.push(event)
    else sessions.push([event])
  }
  const days: { day: string; sessions: Session<Event>[] }[] = []
  for (const of of sessions) {
    const [last] = of
    const first = of.at(-1)
    if (last === undefined || first === undefined) continue
    const day = dayOf(last.timestamp)
    const session = { from: first.timestamp, to: last.timestamp, events: of }
    const same = days.at(-1)
    if (same?.day === day) same.sessions.push(session)
    else days.push({ day, sessions: [session] })
  }
  return days
}
