import { BLANK_TIME, BLANK_USER, BLANK_UUID, USER_DIGITS } from './event-template.ts'
import { patchBytes, patchDigits, patchUuid } from './patch.ts'
import type { Drawn } from './people.ts'

/** Where in a request the changing parts of one event are; -1 where it has none. */
export interface EventSlots {
  readonly messageId: number
  readonly time: number
  readonly userId: number
  readonly anonymousId: number
  readonly email: number
}

/**
 * Finds the changing parts of an event.
 * @param json the event as its template has it
 * @param at where it begins in the request, in bytes
 */
export function findSlots(json: string, at: number): EventSlots {
  const find = (key: string, blank: string, inner = 0) => {
    const found = json.indexOf(`"${key}":"${blank}`)
    return found < 0 ? -1 : at + found + key.length + 4 + inner
  }
  const digits = BLANK_USER.length - USER_DIGITS
  return {
    messageId: find('messageId', BLANK_UUID),
    time: find('timestamp', BLANK_TIME),
    userId: find('userId', BLANK_USER, digits),
    anonymousId: find('anonymousId', BLANK_UUID),
    email: find('email', BLANK_USER, digits),
  }
}

/**
 * Makes an event a new one.
 * @param message its number: no two events have the same
 * @param time ISO 8601, as bytes
 */
export function stampEvent(
  bytes: Buffer,
  slots: EventSlots,
  message: number,
  drawn: Drawn,
  time: Buffer,
): void {
  patchUuid(bytes, slots.messageId, message)
  patchBytes(bytes, slots.time, time)
  if (slots.userId >= 0) patchDigits(bytes, slots.userId, USER_DIGITS, drawn.person)
  if (slots.email >= 0) patchDigits(bytes, slots.email, USER_DIGITS, drawn.person)
  // devices have numbers of their own, so that no anonymous id is like a message id
  if (slots.anonymousId >= 0) patchUuid(bytes, slots.anonymousId, ~drawn.device)
}
