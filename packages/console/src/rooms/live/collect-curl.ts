import type { EventType } from '@affluent/protocol/event'
import { readObject } from './read-event-text.ts'

interface Sending {
  /** As it came. */
  readonly raw: string
  /** null: it could not be told. */
  readonly type: EventType | null
  readonly writeKey: string | undefined
  readonly origin: string
}

/**
 * The cURL command that sends an event a second time. It goes without its messageId: with it the server would rightly
 * take it for a copy.
 */
export function collectCurl({ raw, type, writeKey, origin }: Sending): string {
  const event = readObject(raw)
  const isBatch = Array.isArray(event?.['batch'])
  const path = isBatch ? 'batch' : (type ?? 'batch')
  const key = writeKey === undefined ? '"$AFFLUENT_WRITE_KEY:"' : quoted(`${writeKey}:`)
  return [
    `curl ${quoted(`${origin}/v1/${path}`)}`,
    `-u ${key}`,
    "-H 'Content-Type: application/json'",
    `-d ${quoted(bodyOf(raw, event, path === 'batch' && !isBatch))}`,
  ].join(' \\\n  ')
}

function bodyOf(raw: string, event: Record<string, unknown> | undefined, isWrapped: boolean): string {
  if (event === undefined) return raw
  const { messageId: _, sentAt: __, writeKey: ___, ...rest } = event
  return JSON.stringify(isWrapped ? { batch: [rest] } : rest)
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`
}
