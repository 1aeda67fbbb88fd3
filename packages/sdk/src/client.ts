import type { EventType, JsonObject } from '@affluent/protocol/event'
import { EVENT_BYTES_MAX } from '@affluent/protocol/limits'
import type { ClientError } from './client-error.ts'
import { createEventQueue, jsonBytes } from './event-queue.ts'
import { newId } from './new-id.ts'
import { pageContext } from './page-context.ts'
import { createSendBatch, type Fetch } from './send-batch.ts'
import { createVisitor, type KeyValueStorage } from './visitor.ts'

/** Events that start a flush without waiting for the timer. */
export const FLUSH_EVENTS = 20
/** The longest that an event waits for others to travel with. */
export const FLUSH_AFTER_MS = 1_000
/** The pause after the server could not be reached in all attempts of a batch. */
export const REST_MS = 60_000

export interface ClientOptions {
  readonly writeKey: string
  /** Where Affluent runs, for example `https://cdp.example.com`. */
  readonly host: string
  readonly fetch?: Fetch
  /** Keeps the visitor between pages; `localStorage` where there is one. */
  readonly storage?: KeyValueStorage
  /** Hears of each event that could not be taken. The client never throws into the page. */
  readonly onError?: (error: ClientError) => void
  readonly now?: () => Date
  readonly wait?: (ms: number) => Promise<void>
}

export interface Client {
  identify(userId: string, traits?: JsonObject): void
  track(event: string, properties?: JsonObject): void
  page(name?: string, properties?: JsonObject): void
  screen(name?: string, properties?: JsonObject): void
  group(groupId: string, traits?: JsonObject): void
  alias(userId: string, previousId?: string): void
  /** Sends what waits; ends when all is sent, or when the server cannot be reached. */
  flush(): Promise<void>
  /** Forgets the person, for a sign-out: a new anonymousId, no userId. */
  reset(): void
  anonymousId(): string
}

/** Makes a client that keeps who the visitor is, gathers events and sends them in batches. */
export function createClient(options: ClientOptions): Client {
  const { now = () => new Date(), wait = pause } = options
  const visitor = createVisitor(options.storage)
  const queue = createEventQueue()
  const sendBatch = createSendBatch({ ...options, now, wait, fetch: options.fetch ?? fetch.bind(globalThis) })
  let flushing: Promise<void> | undefined
  let timer: ReturnType<typeof setTimeout> | undefined

  function enqueue(type: EventType, fields: JsonObject): void {
    const messageId = newId()
    const json = toJson({ type, messageId, timestamp: now().toISOString(), ...fields })
    if (json === undefined) return refuse('not_json', 'The event cannot be written as JSON.', messageId)
    if (jsonBytes(json) > EVENT_BYTES_MAX) {
      return refuse('event_too_large', `An event has at most ${EVENT_BYTES_MAX} bytes.`, messageId)
    }
    if (!queue.add({ messageId, json })) {
      return refuse('queue_full', 'Too many events wait to be sent; this one was dropped.', messageId)
    }
    if (queue.size() >= FLUSH_EVENTS) void flush()
    else flushIn(FLUSH_AFTER_MS)
  }

  function refuse(code: string, message: string, messageId: string): void {
    report({ code, message, messageId })
  }

  // A mistake in the page's own listener must not stop the sending.
  function report(error: ClientError): void {
    try {
      options.onError?.(error)
    } catch {}
  }

  function flushIn(ms: number): void {
    timer ??= setTimeout(() => void flush(), ms)
  }

  function flush(): Promise<void> {
    flushing ??= drain().finally(() => {
      flushing = undefined
    })
    return flushing
  }

  async function drain(): Promise<void> {
    clearTimeout(timer)
    timer = undefined
    for (let batch = queue.takeBatch(); batch.length > 0; batch = queue.takeBatch()) {
      const answer = await sendBatch(batch)
      if (answer.kind === 'unreachable') {
        queue.putBack(batch)
        return flushIn(REST_MS)
      }
      for (const error of answer.refused) report(error)
    }
  }

  function common(): JsonObject {
    const userId = visitor.userId()
    const who = userId === undefined ? {} : { userId }
    return { anonymousId: visitor.anonymousId(), ...who, context: pageContext() }
  }

  // The last moment of a page; the requests are `keepalive` and outlive it.
  if (typeof addEventListener === 'function') addEventListener('pagehide', () => void flush())

  return {
    identify(userId, traits = {}) {
      visitor.identify(userId)
      enqueue('identify', { ...common(), traits })
    },
    track: (event, properties = {}) => enqueue('track', { ...common(), event, properties }),
    page: (name, properties = {}) => enqueue('page', { ...common(), ...named(name), properties }),
    screen: (name, properties = {}) => enqueue('screen', { ...common(), ...named(name), properties }),
    group: (groupId, traits = {}) => enqueue('group', { ...common(), groupId, traits }),
    alias(userId, previousId = visitor.userId() ?? visitor.anonymousId()) {
      visitor.identify(userId)
      enqueue('alias', { ...common(), userId, previousId })
    },
    flush,
    reset: visitor.reset,
    anonymousId: visitor.anonymousId,
  }
}

function named(name: string | undefined): JsonObject {
  return name === undefined ? {} : { name }
}

// What the page hands in may hold a circle or a BigInt, in spite of its type.
function toJson(event: JsonObject): string | undefined {
  try {
    return JSON.stringify(event)
  } catch {
    return undefined
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms))
}
