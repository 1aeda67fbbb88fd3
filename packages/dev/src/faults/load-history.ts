import type { SetRead } from './check-set.ts'
import type { Person, PlannedEvent } from './person-script.ts'

/** What the clients of a loop sent and were told. */
export class LoadHistory {
  readonly attempted = new Set<string>()
  /** messageId to the time of the answer, milliseconds since the start of this process */
  readonly acknowledged = new Map<string, number>()
  readonly people = new Map<string, Person>()
  /** acknowledged events of each person, without copies */
  readonly eventsOf = new Map<string, Set<string>>()
  readonly reads: SetRead[] = []
  /** events in answers of 200, copies and conflicts included: `accepted` of the server is at least this */
  answeredEvents = 0
  /** messageIds that were also sent with another body */
  readonly conflicts = new Set<string>()
  copiesSent = 0
  requests = 0
  tries = 0
  /** start of the latest request that was answered with 200 */
  lastAnsweredStart = 0
  readonly rejections = new Map<string, number>()

  noteSent(events: readonly PlannedEvent[]): void {
    this.requests++
    for (const { messageId } of events) this.attempted.add(messageId)
  }

  noteAnswered(events: readonly PlannedEvent[], startedAt: number): void {
    const now = performance.now()
    this.answeredEvents += events.length
    this.lastAnsweredStart = Math.max(this.lastAnsweredStart, startedAt)
    for (const { messageId, person } of events) {
      if (this.acknowledged.has(messageId)) continue
      this.acknowledged.set(messageId, now)
      if (person === undefined) continue
      const ids = this.eventsOf.get(person)
      if (ids === undefined) this.eventsOf.set(person, new Set([messageId]))
      else ids.add(messageId)
    }
  }

  noteRejection(what: string): void {
    this.rejections.set(what, (this.rejections.get(what) ?? 0) + 1)
  }
}
