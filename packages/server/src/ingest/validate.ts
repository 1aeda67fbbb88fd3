import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { FINGERPRINT_MIN, fingerprintOf } from '@affluent/core/event/fingerprint'
import { hasOwnAddress } from '@affluent/core/event/network-address'
import type { Rejection } from '@affluent/protocol/codes'
import { isbot } from 'isbot'
import { dayOf } from '../platform/database/day-of.ts'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'
import type { MessageMark } from './message-ids.ts'

/** Marks on an event's row. */
export const EVENT_FLAGS = { history: 1, bot: 2 } as const

/** What stage 2 says of an event: on to the next room, or where it ends. */
export type Validation =
  | { readonly kind: 'next'; readonly flags: number }
  | { readonly kind: 'ended'; readonly as: 'duplicate' | 'quarantined'; readonly reason: Rejection }

const CONFLICT: Validation = {
  kind: 'ended',
  as: 'quarantined',
  reason: {
    code: 'message_id_conflict',
    message:
      'An event with this messageId and another meaning came before. Send each event with a messageId of its own.',
    path: 'messageId',
  },
}
const COPY: Validation = {
  kind: 'ended',
  as: 'duplicate',
  reason: { code: 'message_id_conflict', message: 'The same event came before.' },
}
const USER_AGENTS_REMEMBERED = 10_000
const botsByUserAgent = new Map<string, boolean>()

/**
 * What the deduplication remembers of an event; undefined when the client gave no messageId, so that nothing can be its
 * copy.
 */
export function markMessage(event: AcceptedEvent): MessageMark | undefined {
  const { messageId, type, json } = event.checked
  if (messageId === undefined) return undefined
  const fingerprint = fingerprintOf(type, json)
  return { id: hash('md5', messageId, 'hex'), fingerprint, day: dayOf(event.receivedAt) }
}

/**
 * Stage 2: a copy? a bot?
 * @param mark of the event
 * @param seen fingerprint of the event that came first under this messageId, if one did
 */
export function validate(
  event: AcceptedEvent,
  mark: MessageMark | undefined,
  seen: number | undefined,
): Validation {
  if (event.unreadable !== undefined) return { kind: 'ended', as: 'quarantined', reason: event.unreadable }
  if (mark !== undefined && seen !== undefined) return isCopy(event, mark, seen) ? COPY : CONFLICT
  return {
    kind: 'next',
    flags: (event.history ? EVENT_FLAGS.history : 0) | (isBotEvent(event) ? EVENT_FLAGS.bot : 0),
  }
}

/**
 * Whether an event means what the first one under its messageId did. Of those that came before fingerprints told the
 * meaning, only the bytes can be compared, and of one with an address of its own nothing, since that address is cut
 * now: it is taken for the copy that it nearly always is.
 */
function isCopy(event: AcceptedEvent, mark: MessageMark, seen: number): boolean {
  if (seen >= FINGERPRINT_MIN) return seen === mark.fingerprint
  return seen === fingerprintOfBytes(event) || hasOwnAddress(event.checked.json)
}

/** The fingerprint of the first version: a checksum and the length, without what an SDK changes when it tries again. */
function fingerprintOfBytes({ checked: { json }, raw }: AcceptedEvent): number {
  const varies = json['sentAt'] !== undefined || json['_metadata'] !== undefined
  const content = varies ? JSON.stringify({ ...json, sentAt: null, _metadata: null }) : raw
  return crc32(content) * 2 ** 16 + (content.length % 2 ** 16)
}

function isBotEvent(event: AcceptedEvent): boolean {
  const context = event.checked.json['context']
  if (typeof context !== 'object' || context === null || Array.isArray(context)) return false
  const userAgent = context['userAgent']
  if (typeof userAgent !== 'string') return false
  let bot = botsByUserAgent.get(userAgent)
  if (bot === undefined) {
    bot = isbot(userAgent)
    if (botsByUserAgent.size >= USER_AGENTS_REMEMBERED) botsByUserAgent.clear()
    botsByUserAgent.set(userAgent, bot)
  }
  return bot
}
