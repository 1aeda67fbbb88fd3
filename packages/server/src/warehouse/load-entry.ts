import type { FactSource } from '../platform/processing/fact-source.ts'
import type { ProcessedEvent } from '../platform/processing/processed-event.ts'
import { decodeEarlierEntry, isEarlierFormat } from './earlier-load-entry.ts'

/** What was decided about one event, as far as ClickHouse must know it. */
export interface LoadMark {
  readonly position: number
  readonly fragment: number
  readonly anchor: number
  readonly flags: number
}

/** What one micro-batch or command left for the loader. */
export interface LoadEntry {
  /** processed events only, in log order */
  readonly marks: readonly LoadMark[]
  /** by the key of the capability that owns it */
  readonly parts: LoadParts
}

/** What capabilities said, by key; a key that is absent said nothing. */
export type LoadParts = Readonly<Record<string, unknown>>

/** What the loader takes of a decision. */
export interface LoadableDecision {
  readonly first: number
  readonly last: number
  readonly processed: readonly ProcessedEvent[]
  readonly parts: LoadParts
}

const FORMAT = 3
const HEAD_BYTES = 5
const MARK_BYTES = 25

/**
 * The bytes that wait between processor and loader: a format byte and the number of marks; the marks, of fixed size,
 * little-endian; then the parts of the capabilities, each with its key, its length and its own bytes.
 */
export function encodeLoadEntry(
  { processed, parts }: Pick<LoadableDecision, 'processed' | 'parts'>,
  sources: readonly FactSource<unknown>[],
): Buffer {
  const encoded = sources.flatMap((source) => {
    const part = parts[source.key]
    const bytes = part === undefined ? undefined : source.encode(part)
    return bytes === undefined ? [] : [{ key: source.key, bytes }]
  })
  const size = encoded.reduce((sum, { key, bytes }) => sum + 1 + key.length + 4 + bytes.length, 0)
  const body = Buffer.allocUnsafeSlow(HEAD_BYTES + processed.length * MARK_BYTES + size)
  body.writeUInt8(FORMAT, 0)
  body.writeUInt32LE(processed.length, 1)
  let at = HEAD_BYTES
  for (const { position, fragment, anchor, flags } of processed) {
    body.writeDoubleLE(position, at)
    body.writeDoubleLE(fragment, at + 8)
    body.writeDoubleLE(anchor, at + 16)
    body.writeUInt8(flags, at + 24)
    at += MARK_BYTES
  }
  for (const { key, bytes } of encoded) {
    at = body.writeUInt8(key.length, at)
    at += body.write(key, at, 'ascii')
    at = body.writeUInt32LE(bytes.length, at)
    at += bytes.copy(body, at)
  }
  return body
}

/** @throws when the bytes are of a format, or name a capability, that this version does not know */
export function decodeLoadEntry(body: Buffer, sources: readonly FactSource<unknown>[]): LoadEntry {
  if (isEarlierFormat(body)) return decodeEarlierEntry(body)
  const { marks, rest } = decodeMarks(body)
  const parts: Record<string, unknown> = {}
  for (const [key, bytes] of partsIn(rest)) {
    const source = sources.find((each) => each.key === key)
    if (source === undefined)
      throw new Error(`A load entry has facts of "${key}", which this version does not know.`)
    parts[key] = source.decode(bytes)
  }
  return { marks, parts }
}

/** What an entry says of its events, and what one capability said beside. */
export function decodePart<Part>(
  body: Buffer,
  source: FactSource<Part>,
): { readonly marks: readonly LoadMark[]; readonly part: Part } {
  if (isEarlierFormat(body)) {
    const { marks, parts } = decodeEarlierEntry(body)
    return { marks, part: (parts[source.key] as Part | undefined) ?? source.nothing }
  }
  const { marks, rest } = decodeMarks(body)
  const own = partsIn(rest).find(([key]) => key === source.key)
  return { marks, part: own === undefined ? source.nothing : source.decode(own[1]) }
}

function decodeMarks(body: Buffer): { readonly marks: LoadMark[]; readonly rest: Buffer } {
  if (body[0] !== FORMAT)
    throw new Error(`A load entry has format ${body[0]}; this version reads formats 1 to ${FORMAT}.`)
  const marks: LoadMark[] = []
  let at = HEAD_BYTES
  for (let count = body.readUInt32LE(1); count > 0; count--, at += MARK_BYTES) {
    marks.push({
      position: body.readDoubleLE(at),
      fragment: body.readDoubleLE(at + 8),
      anchor: body.readDoubleLE(at + 16),
      flags: body[at + 24] as number,
    })
  }
  return { marks, rest: body.subarray(at) }
}

function partsIn(bytes: Buffer): [key: string, bytes: Buffer][] {
  const parts: [string, Buffer][] = []
  let at = 0
  while (at < bytes.length) {
    const keyEnd = at + 1 + (bytes[at] as number)
    const end = keyEnd + 4 + bytes.readUInt32LE(keyEnd)
    parts.push([bytes.toString('ascii', at + 1, keyEnd), bytes.subarray(keyEnd + 4, end)])
    at = end
  }
  return parts
}
