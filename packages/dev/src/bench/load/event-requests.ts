import { type EventSlots, findSlots, stampEvent } from '../mix/event-slots.ts'
import { BLANK_TIME, type EventTemplate } from '../mix/event-template.ts'
import { patchBytes } from '../mix/patch.ts'
import type { Drawn } from '../mix/people.ts'
import { postHead } from './request-head.ts'
import type { Outgoing, RequestSource } from './request-source.ts'
import type { Answer } from './response-parser.ts'

interface EventRequest extends Outgoing {
  readonly slots: readonly EventSlots[]
  /** of the batch's `sentAt`, -1 for a single event */
  readonly sentAt: number
}

/** Gives numbers that no other message of this load tool has. */
export class MessageNumbers {
  #last = 0

  next(): number {
    return ++this.#last
  }
}

export interface EventRequestsOptions {
  /** events a request; undefined sends single events to the path of their type */
  readonly batchSize: number | undefined
  /** how many different requests there are; one is used again when it was answered */
  readonly pool: number
  readonly template: () => EventTemplate
  /** who does the next event; undefined when there is nobody left */
  readonly draw: () => Drawn | undefined
  readonly messages: MessageNumbers
  readonly writeKey: string
  /** of another collector; ours when absent */
  readonly batchPath?: string | undefined
  /** when the events of the next request happened, milliseconds since the epoch; now when absent */
  readonly happenedAt?: (now: number) => number
}

/** Requests that bring events. */
export class EventRequests implements RequestSource {
  readonly #options: EventRequestsOptions
  readonly #free: EventRequest[]
  readonly #expected: Buffer
  #time: Buffer = Buffer.from(BLANK_TIME)
  #timeMs = 0

  constructor(options: EventRequestsOptions) {
    this.#options = options
    this.#expected = Buffer.from(`{"success":true,"accepted":${options.batchSize ?? 0}}`)
    this.#free = Array.from({ length: options.pool }, () => this.#build())
  }

  take(): Outgoing | undefined {
    const request = this.#free.pop() ?? this.#build()
    const now = this.#now()
    const { happenedAt } = this.#options
    const time = happenedAt === undefined ? now : bytesOf(happenedAt(this.#timeMs))
    for (const slots of request.slots) {
      const drawn = this.#options.draw()
      if (drawn === undefined) return undefined
      stampEvent(request.bytes, slots, this.#options.messages.next(), drawn, time)
    }
    if (request.sentAt >= 0) patchBytes(request.bytes, request.sentAt, now)
    return request
  }

  give(outgoing: Outgoing): void {
    this.#free.push(outgoing as EventRequest)
  }

  acknowledged(outgoing: Outgoing, { body }: Answer): number {
    if (this.#options.batchSize === undefined) return 1
    if (this.#options.batchPath !== undefined) return outgoing.events
    if (body.equals(this.#expected)) return outgoing.events
    return (JSON.parse(body.toString()) as { accepted?: number }).accepted ?? 0
  }

  #build(): EventRequest {
    const { batchSize, template, writeKey, batchPath = '/v1/batch' } = this.#options
    if (batchSize === undefined) {
      const { type, json } = template()
      const head = postHead(`/v1/${type}`, writeKey, json.length)
      return {
        bytes: Buffer.from(head + json),
        events: 1,
        slots: [findSlots(json, head.length)],
        sentAt: -1,
      }
    }
    const events = Array.from({ length: batchSize }, () => template().json)
    const opening = `{"sentAt":"${BLANK_TIME}","batch":[`
    const body = `${opening}${events.join(',')}]}`
    const head = postHead(batchPath, writeKey, body.length)
    const slots: EventSlots[] = []
    let at = head.length + opening.length
    for (const event of events) {
      slots.push(findSlots(event, at))
      at += event.length + 1
    }
    return {
      bytes: Buffer.from(head + body),
      events: batchSize,
      slots,
      sentAt: head.length + '{"sentAt":"'.length,
    }
  }

  // written out once a millisecond at the most
  #now(): Buffer {
    const now = Date.now()
    if (now !== this.#timeMs) {
      this.#timeMs = now
      this.#time = bytesOf(now)
    }
    return this.#time
  }
}

function bytesOf(time: number): Buffer {
  return Buffer.from(new Date(time).toISOString())
}
