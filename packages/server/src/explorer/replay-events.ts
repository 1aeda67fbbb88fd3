import type { Append } from '../log/event-log.ts'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'

/** Events that belong together, under a key of the caller's. */
export interface EventsToSend {
  readonly key: number
  readonly events: readonly AcceptedEvent[]
}

/**
 * Puts events that were checked into the log, in their order; what one append can carry goes together.
 * @param append keeps them; resolves with the position of the last one
 * @returns position of the last event of each key, and the failure that ended it early, if one did
 */
export async function replayEvents(
  append: (append: Append) => Promise<number>,
  groups: readonly EventsToSend[],
): Promise<{ readonly positions: Map<number, number>; readonly failure: unknown }> {
  const positions = new Map<number, number>()
  for (const run of runsOf(groups)) {
    try {
      const last = await append(toAppend(run.map(({ event }) => event)))
      for (const [index, { key }] of run.entries()) positions.set(key, last - run.length + 1 + index)
    } catch (failure) {
      // whose events are half sent has been sent: again would be twice
      return { positions, failure }
    }
  }
  return { positions, failure: undefined }
}

interface Keyed {
  readonly key: number
  readonly event: AcceptedEvent
}

/** Neighbours of one source that are all live or all history: an append says that once. */
function runsOf(groups: readonly EventsToSend[]): Keyed[][] {
  const runs: Keyed[][] = []
  for (const { key, events } of groups) {
    for (const event of events) {
      const last = runs.at(-1)
      const before = last?.[0]?.event
      const fits = before?.source === event.source && before.history === event.history
      if (last !== undefined && fits && before.receivedAt === event.receivedAt) last.push({ key, event })
      else runs.push([{ key, event }])
    }
  }
  return runs
}

function toAppend(events: readonly AcceptedEvent[]): Append {
  const { source, receivedAt, history, timesAsGiven, ip } = events[0] as AcceptedEvent
  return {
    request: {
      ...{ source, receivedAt, history, timesAsGiven, ip, sentAt: undefined, shared: undefined },
      events: events.map(({ checked, raw }) => ({ type: checked.type, raw })),
    },
    accepted: events,
    refused: [],
    bytes: events.reduce((sum, { raw }) => sum + raw.length, 0),
  }
}
