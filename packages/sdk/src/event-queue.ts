/** Events that may wait in the page; further ones are refused until some are sent. */
export const QUEUE_EVENTS_MAX = 1_000
/** Bytes of events in one request: under the 64 KiB that browsers allow a request that outlives its page. */
export const SEND_BYTES_MAX = 48 * 1024
// Events in one request.
const SEND_EVENTS_MAX = 100

/** An event as it will travel: written once, so that a later change in the page does not reach it. */
export interface QueuedEvent {
  readonly messageId: string
  readonly json: string
}

export interface EventQueue {
  /** False when the queue is full. */
  add(event: QueuedEvent): boolean
  /** The oldest events that fit one request; empty when none waits. */
  takeBatch(): QueuedEvent[]
  /** Gives a batch that was not sent its old place. It was within the bound when it was taken. */
  putBack(batch: readonly QueuedEvent[]): void
  size(): number
}

const encoder = new TextEncoder()

/** The size of a JSON text as it travels. */
export function jsonBytes(json: string): number {
  return encoder.encode(json).length
}

/** Makes a bounded first-in first-out queue. */
export function createEventQueue(): EventQueue {
  let waiting: QueuedEvent[] = []
  let taken = 0

  return {
    add(event) {
      if (waiting.length + taken >= QUEUE_EVENTS_MAX) return false
      waiting.push(event)
      return true
    },
    takeBatch() {
      const batch = waiting.slice(0, countThatFits(waiting))
      waiting = waiting.slice(batch.length)
      taken = batch.length
      return batch
    },
    putBack(batch) {
      waiting = [...batch, ...waiting]
      taken = 0
    },
    size: () => waiting.length,
  }
}

function countThatFits(events: readonly QueuedEvent[]): number {
  let bytes = 0
  const tooMany = events.findIndex(({ json }, index) => {
    bytes += jsonBytes(json) + 1
    return index >= SEND_EVENTS_MAX || (index > 0 && bytes > SEND_BYTES_MAX)
  })
  return tooMany === -1 ? events.length : tooMany
}
