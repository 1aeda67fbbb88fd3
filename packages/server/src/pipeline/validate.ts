import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Refusal } from '@affluent/protocol/codes'
import { isbot } from 'isbot'
import { dayOf, type MessageMark } from '../stores/message-ids.ts'
import type { AcceptedEvent } from './accepted-event.ts'

/** Marks on an event's row. */
export const EVENT_FLAGS = { history: 1, bot: 2 } as const

/** What room 2 says of an event: on to the next room, or where it ends. */
export type Validation =
  | { readonly kind: 'next'; readonly flags: number }
  | { readonly kind: 'ended'; readonly as: 'duplicate' | 'quarantined'; readonly reason: Refusal }

const CONFLICT: Validation = {
  kind: 'ended',
  as: 'quarantined',
  reason: {
    code: 'message_id_conflict',
    message:
      'An event with this messageId and other content came before. Send each event with a messageId of its own.',
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
 * What the deduplication remembers of an event; undefined when the client gave no messageId, so that nothing can be its copy.
 * The fingerprint tells another body under the same id: a checksum and the length. What an SDK changes when it tries again is left
 * out: the time of sending, and `_metadata`, where analytics-next counts its tries.
 */
export function markMessage(event: AcceptedEvent): MessageMark | undefined {
  const { messageId, json } = event.checked
  if (messageId === undefined) return undefined
  const varies = json['sentAt'] !== undefined || json['_metadata'] !== undefined
  const content = varies ? JSON.stringify({ ...json, sentAt: null, _metadata: null }) : event.raw
  const fingerprint = crc32(content) * 2 ** 16 + (content.length % 2 ** 16)
  return { id: hash('md5', messageId, 'hex'), fingerprint, day: dayOf(event.receivedAt) }
}

/**
 * Room 2: a copy? a bot?
 * @param mark of the event
 * @param seen fingerprint of the event that came first under this messageId, if one did
 */
export function validate(
  event: AcceptedEvent,
  mark: MessageMark | undefined,
  seen: number | undefined,
): Validation {
  if (event.unreadable !== undefined) return { kind: 'ended', as: 'quarantined', reason: event.unreadable }
  if (mark !== undefined && seen !== undefined) return seen === mark.fingerprint ? COPY : CONFLICT
  return {
    kind: 'next',
    flags: (event.history ? EVENT_FLAGS.history : 0) | (isBotEvent(event) ? EVENT_FLAGS.bot : 0),
  }
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
