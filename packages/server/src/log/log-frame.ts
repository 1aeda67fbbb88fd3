import { EVENT_TYPES, type EventType, type JsonObject } from '@affluent/protocol/event'
import { unpackBytes } from '../platform/database/packed-bytes.ts'
import type { LoggedCommand } from '../platform/processing/command.ts'

/** What one request brought into the log: raw bytes of its events and what it said once for all of them. */
export interface LogRequest {
  readonly source: number
  /** milliseconds since the epoch */
  readonly receivedAt: number
  readonly sentAt: number | undefined
  /** sent by the way of archives: the times of sending correct nothing */
  readonly timesAsGiven: boolean
  readonly shared: JsonObject | undefined
  /** all of it was sent as history */
  readonly history: boolean
  /** the sender's address, cut to its network */
  readonly ip: string
  readonly events: readonly LogEvent[]
}

export interface LogEvent {
  readonly type: EventType
  readonly raw: Buffer
}

interface Header {
  readonly s: number
  readonly r: number
  readonly t?: number
  readonly x?: JsonObject
  readonly h?: 1
  readonly g?: 1
  readonly i: string
}

const EVENTS_FORMAT = 1
const COMMAND_FORMAT = 2

/*
 * A frame of events: 1 byte format, then requests. A request: 4 bytes length of the header, header (JSON), 4 bytes
 * number of events, events. An event: 1 byte type, 4 bytes length, raw bytes. All numbers little-endian. A frame of a
 * command: 1 byte format, the command (JSON).
 */

/** One commit's requests as the bytes that the log keeps. */
export function encodeFrame(requests: readonly LogRequest[]): Buffer {
  const headers = requests.map((request) => Buffer.from(JSON.stringify(headerOf(request)), 'utf8'))
  let size = 1
  for (const [index, request] of requests.entries()) {
    size += 8 + (headers[index] as Buffer).length
    for (const event of request.events) size += 5 + event.raw.length
  }
  // memory of its own, so that it goes to another thread without a copy
  const frame = Buffer.allocUnsafeSlow(size)
  let at = frame.writeUInt8(EVENTS_FORMAT, 0)
  for (const [index, request] of requests.entries()) {
    const header = headers[index] as Buffer
    at = frame.writeUInt32LE(header.length, at)
    at += header.copy(frame, at)
    at = frame.writeUInt32LE(request.events.length, at)
    for (const event of request.events) {
      at = frame.writeUInt8(EVENT_TYPES.indexOf(event.type), at)
      at = frame.writeUInt32LE(event.raw.length, at)
      at += event.raw.copy(frame, at)
    }
  }
  return frame
}

/** A command as the bytes that the log keeps: one commit, one position. */
export function encodeCommand(command: LoggedCommand): Buffer {
  const text = JSON.stringify(command)
  const frame = Buffer.allocUnsafeSlow(1 + Buffer.byteLength(text))
  frame.writeUInt8(COMMAND_FORMAT, 0)
  frame.write(text, 1)
  return frame
}

/** What a frame holds: requests in the order of their positions, or one command. */
export type LogFrame =
  | { readonly kind: 'events'; readonly requests: readonly LogRequest[] }
  | { readonly kind: 'command'; readonly command: LoggedCommand }

/** @throws when the bytes are no frame of a format that this version knows */
export function decodeFrame(stored: Buffer): LogFrame {
  const frame = unpackBytes(stored)
  switch (frame[0]) {
    case EVENTS_FORMAT:
      return { kind: 'events', requests: decodeRequests(frame) }
    case COMMAND_FORMAT:
      return { kind: 'command', command: JSON.parse(frame.toString('utf8', 1)) as LoggedCommand }
    default:
      throw new Error(`The log holds a frame of format ${frame[0]}, which this version does not know.`)
  }
}

function decodeRequests(frame: Buffer): LogRequest[] {
  const requests: LogRequest[] = []
  let at = 1
  while (at < frame.length) {
    const headerLength = frame.readUInt32LE(at)
    const header = JSON.parse(frame.toString('utf8', at + 4, at + 4 + headerLength)) as Header
    at += 4 + headerLength
    const count = frame.readUInt32LE(at)
    at += 4
    const events: LogEvent[] = []
    for (let index = 0; index < count; index++) {
      const length = frame.readUInt32LE(at + 1)
      events.push({
        type: EVENT_TYPES[frame[at] as number] as EventType,
        raw: frame.subarray(at + 5, at + 5 + length),
      })
      at += 5 + length
    }
    requests.push({
      source: header.s,
      receivedAt: header.r,
      sentAt: header.t,
      timesAsGiven: header.g === 1,
      shared: header.x,
      history: header.h === 1,
      ip: header.i,
      events,
    })
  }
  return requests
}

function headerOf(request: LogRequest): Header {
  return {
    s: request.source,
    r: request.receivedAt,
    ...(request.sentAt === undefined ? {} : { t: request.sentAt }),
    ...(request.shared === undefined ? {} : { x: request.shared }),
    ...(request.history ? { h: 1 } : {}),
    ...(request.timesAsGiven ? { g: 1 } : {}),
    i: request.ip,
  }
}
