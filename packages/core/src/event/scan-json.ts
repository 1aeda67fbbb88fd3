import type { ErrorCode } from '@affluent/protocol/codes'
import {
  ARRAY_ITEMS_MAX,
  BATCH_EVENTS_MAX,
  BODY_DEPTH_MAX,
  EVENT_BYTES_MAX,
  EVENT_DEPTH_MAX,
  EVENT_KEYS_MAX,
} from '@affluent/protocol/limits'

/** Something in the bytes that needs a closer look at the parsed value. */
export const SCAN_FLAGS = {
  /** a `\u` escape: the text may hold NUL or half a surrogate pair */
  unicodeEscape: 1,
  /** a key that is empty, escaped, over-long or may be forbidden */
  oddKey: 2,
  /** a number of 16 digits or more */
  longNumber: 4,
  /** a number with an exponent: it may be beyond what a double holds */
  exponent: 8,
} as const

/** What one pass over the bytes says about one event (or about a body that is one event). */
export interface ScannedEvent {
  /** offset of the first byte, and of the first byte behind it */
  readonly start: number
  readonly end: number
  /** levels of nesting; `{}` is 1 */
  readonly depth: number
  readonly keys: number
  /** items of the longest array inside; 0 when none has two */
  readonly longestArray: number
  /** keys, and items of arrays beyond the first: what a parser makes of the bytes grows with them */
  readonly parts: number
  readonly flags: number
}

/** What one pass over the bytes says about a batch. */
export interface ScannedBatch {
  readonly whole: ScannedEvent
  /** the events of `batch` */
  readonly items: readonly ScannedEvent[]
  /** what is wrong with the batch as a whole; the scan ended where it was found */
  readonly fault: 'too_many_events' | 'too_many_parts' | 'too_deep' | undefined
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const UNDERSCORE = 0x5f
const LETTER_U = 0x75
const LETTER_E = 0x65
const CAPITAL_E = 0x45
const COMMA = 0x2c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d

/** 1 for the bytes at which the scanner stops outside text. */
const STRUCTURAL = new Uint8Array(256)
for (const byte of [QUOTE, COMMA, COLON, OPEN_OBJECT, CLOSE_OBJECT, OPEN_ARRAY, CLOSE_ARRAY])
  STRUCTURAL[byte] = 1
for (const byte of [LETTER_E, CAPITAL_E]) STRUCTURAL[byte] = 1
const KEY_BATCH = 'batch'
/** `batch` with each letter written as an escape */
const KEY_BATCH_BYTES_MAX = 30
const KEY_CONSTRUCTOR = 'constructor'
const LONG_NUMBER_BYTES = 16
const KEY_BYTES_SURE = 8

/**
 * Walks the bytes of one JSON value once, before it is parsed: nesting, number of keys, longest array. It presumes
 * well-formed JSON and never fails: what it says about other input does not matter, since the parser refuses that
 * input.
 * @param bytes UTF-8
 */
export function scanEvent(bytes: Uint8Array): ScannedEvent {
  const scanner = new Scanner(bytes)
  scanner.run()
  return scanner.whole()
}

/**
 * The same for a body with an array `batch` at its top, and where each event of that array begins and ends. Of two such
 * keys the last counts, as in JSON.parse. An event that breaks a bound is listed, and its parts are not counted: it
 * need not reach the parser.
 * @param bytes UTF-8
 * @param partsMax parts of the frame and of all events that break no bound together
 */
export function scanBatch(bytes: Uint8Array, partsMax: number): ScannedBatch {
  const scanner = new Scanner(bytes, partsMax)
  const fault = scanner.run()
  return { whole: scanner.whole(), items: scanner.items, fault }
}

/** Which bound an event breaks, as its bytes show. */
export function brokenBound(
  scanned: ScannedEvent,
): Extract<ErrorCode, 'too_deep' | 'too_many_keys' | 'array_too_long' | 'event_too_large'> | undefined {
  if (scanned.depth > EVENT_DEPTH_MAX) return 'too_deep'
  if (scanned.keys > EVENT_KEYS_MAX) return 'too_many_keys'
  if (scanned.longestArray > ARRAY_ITEMS_MAX) return 'array_too_long'
  return scanned.end - scanned.start > EVENT_BYTES_MAX ? 'event_too_large' : undefined
}

class Scanner {
  items: ScannedEvent[] = []
  readonly #bytes: Uint8Array
  readonly #partsMax: number | undefined
  // by level, as far as a body may be nested; what is deeper is refused whatever it holds
  readonly #commas = new Int32Array(BODY_DEPTH_MAX + 2)
  readonly #isArray = new Uint8Array(BODY_DEPTH_MAX + 2)
  #depth = 0
  // of the whole body
  #deepest = 0
  #keys = 0
  #longest = 0
  #moreItems = 0
  #flags = 0
  // of the event that is being read inside `batch`
  #inBatch = false
  #itemStart = 0
  #itemDeepest = 0
  #itemKeys = 0
  #itemLongest = 0
  #itemMoreItems = 0
  #itemFlags = 0
  #itemSeen = false
  // what stands around the events
  #isTooDeep = false
  // of what need not reach the parser
  #spared = 0

  /** @param partsMax undefined: no array is looked for */
  constructor(bytes: Uint8Array, partsMax?: number) {
    this.#bytes = bytes
    this.#partsMax = partsMax
  }

  whole(): ScannedEvent {
    return {
      start: 0,
      end: this.#bytes.length,
      depth: this.#deepest,
      keys: this.#keys,
      longestArray: this.#longest,
      parts: this.#keys + this.#moreItems,
      flags: this.#flags,
    }
  }

  run(): ScannedBatch['fault'] {
    const bytes = this.#bytes
    const end = bytes.length
    let at = 0
    // the last piece of text read, in case a colon makes it a key
    let textStart = 0
    let textEnd = 0
    let textEscaped = false
    let pendingBatch = false
    let tokenStart = 0

    while (at < end) {
      const byte = bytes[at] as number
      if (STRUCTURAL[byte] === 0) {
        at++
        continue
      }
      if (at - tokenStart >= LONG_NUMBER_BYTES) this.#noteToken(tokenStart, at)
      switch (byte) {
        case QUOTE: {
          textStart = at + 1
          textEscaped = false
          at++
          for (; at < end; at++) {
            const inner = bytes[at] as number
            if (inner === QUOTE) break
            if (inner !== BACKSLASH) continue
            textEscaped = true
            at++
            if (bytes[at] === LETTER_U) this.#flag(SCAN_FLAGS.unicodeEscape)
          }
          textEnd = at
          at++
          break
        }
        case COLON:
          this.#noteKey(textStart, textEnd, textEscaped)
          if (this.#depth === 1 && this.#partsMax !== undefined) {
            pendingBatch = isBatchKey(bytes, textStart, textEnd, textEscaped)
            if (pendingBatch) this.#forgetBatch()
          }
          at++
          break
        case COMMA:
          if (this.#depth <= BODY_DEPTH_MAX && this.#isArray[this.#depth] === 1)
            this.#noteItem(this.#depth, at)
          // inside an event nothing is counted yet
          if (this.#depth <= 2 || !this.#inBatch) {
            const fault = this.#fault()
            if (fault !== undefined) return fault
          }
          pendingBatch = false
          at++
          break
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          this.#open(byte === OPEN_ARRAY, pendingBatch, at)
          if (this.#isTooDeep) return 'too_deep'
          pendingBatch = false
          at++
          break
        case LETTER_E:
        case CAPITAL_E:
          if (isDigit(bytes[at - 1])) this.#flag(SCAN_FLAGS.exponent)
          at++
          continue
        default:
          this.#close(at)
          at++
      }
      tokenStart = at
    }
    return this.#fault()
  }

  /**
   * Of two `batch` keys the last wins, as in JSON.parse; what the other holds reaches the parser like anything else.
   */
  #forgetBatch(): void {
    this.items.length = 0
    this.#spared = 0
  }

  /** A run of bytes between two structural ones: a number, a word, or blanks. */
  #noteToken(start: number, end: number): void {
    let digits = 0
    for (let at = start; at < end; at++) {
      if (isDigit(this.#bytes[at])) digits++
    }
    if (digits >= LONG_NUMBER_BYTES) this.#flag(SCAN_FLAGS.longNumber)
  }

  #noteKey(start: number, end: number, escaped: boolean): void {
    this.#keys++
    if (this.#inBatch) this.#itemKeys++
    const length = end - start
    if (length > 0 && length <= KEY_BYTES_SURE && !escaped) return
    if (length === 0 || escaped || length > 255 || mayBeForbidden(this.#bytes, start, length)) {
      this.#flag(SCAN_FLAGS.oddKey)
    }
  }

  /** What no further byte can make good. */
  #fault(): ScannedBatch['fault'] {
    if (this.#partsMax === undefined) return undefined
    if (this.items.length > BATCH_EVENTS_MAX) return 'too_many_events'
    const parts = this.#keys + this.#moreItems - this.#itemKeys - this.#itemMoreItems - this.#spared
    return parts > this.#partsMax ? 'too_many_parts' : undefined
  }

  #noteItem(depth: number, at: number): void {
    const items = (this.#commas[depth] as number) + 2
    this.#commas[depth] = items - 1
    this.#moreItems++
    if (items > this.#longest) this.#longest = items
    if (!this.#inBatch) return
    if (depth === 2) {
      this.#endItem(at)
      this.#startItem(at + 1)
      return
    }
    this.#itemMoreItems++
    if (items > this.#itemLongest) this.#itemLongest = items
  }

  #open(isArray: boolean, isBatch: boolean, at: number): void {
    const depth = ++this.#depth
    if (depth <= BODY_DEPTH_MAX) {
      this.#commas[depth] = 0
      this.#isArray[depth] = isArray ? 1 : 0
    }
    if (depth > this.#deepest) this.#deepest = depth
    if (this.#inBatch) {
      if (depth - 2 > this.#itemDeepest) this.#itemDeepest = depth - 2
      this.#itemSeen = true
      return
    }
    if (depth > BODY_DEPTH_MAX && this.#partsMax !== undefined) this.#isTooDeep = true
    if (isBatch && isArray && depth === 2) {
      this.#inBatch = true
      this.#startItem(at + 1)
    }
  }

  #close(at: number): void {
    if (this.#inBatch && this.#depth === 2) {
      this.#endItem(at)
      this.#inBatch = false
      this.#itemKeys = 0
      this.#itemMoreItems = 0
    }
    if (this.#depth > 0) this.#depth--
  }

  #startItem(at: number): void {
    this.#itemStart = at
    this.#itemDeepest = 0
    this.#itemKeys = 0
    this.#itemLongest = 0
    this.#itemMoreItems = 0
    this.#itemFlags = 0
    this.#itemSeen = false
  }

  #endItem(at: number): void {
    const bytes = this.#bytes
    let start = this.#itemStart
    let end = at
    while (start < end && isBlank(bytes[start] as number)) start++
    while (end > start && isBlank(bytes[end - 1] as number)) end--
    if (start === end && !this.#itemSeen) return
    const item = {
      start,
      end,
      depth: this.#itemDeepest,
      keys: this.#itemKeys,
      longestArray: this.#itemLongest,
      parts: this.#itemKeys + this.#itemMoreItems,
      flags: this.#itemFlags,
    }
    this.items.push(item)
    if (brokenBound(item) !== undefined) this.#spared += item.parts
  }

  #flag(flag: number): void {
    this.#flags |= flag
    if (this.#inBatch) this.#itemFlags |= flag
  }
}

/** Whether JSON.parse reads this key as `batch`. */
function isBatchKey(bytes: Uint8Array, start: number, end: number, escaped: boolean): boolean {
  if (!escaped) return isText(bytes, start, end - start, KEY_BATCH)
  if (end - start > KEY_BATCH_BYTES_MAX) return false
  try {
    return JSON.parse(`"${String.fromCharCode(...bytes.subarray(start, end))}"`) === KEY_BATCH
  } catch {
    return false
  }
}

/** `__proto__`, and `constructor`, which may hold `prototype`. */
function mayBeForbidden(bytes: Uint8Array, start: number, length: number): boolean {
  if (length === 9) return bytes[start] === UNDERSCORE
  return length === KEY_CONSTRUCTOR.length && isText(bytes, start, length, KEY_CONSTRUCTOR)
}

function isText(bytes: Uint8Array, start: number, length: number, text: string): boolean {
  if (length !== text.length) return false
  for (let index = 0; index < length; index++)
    if (bytes[start + index] !== text.charCodeAt(index)) return false
  return true
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
