import type { Answer } from './response-parser.ts'

/** One request, ready to go. */
export interface Outgoing {
  readonly bytes: Buffer
  /** events in it */
  readonly events: number
}

/** Hands out requests. They were built beforehand; only a few bytes differ each time. */
export interface RequestSource {
  /** undefined when there are no more */
  take(): Outgoing | undefined
  /** Takes one back once it was answered, so that its bytes serve again. */
  give(outgoing: Outgoing): void
  /** How many of its events (of a read: 1) an answer with status 200 acknowledges. */
  acknowledged(outgoing: Outgoing, answer: Answer): number
}
