import { BODY_DEPTH_MAX } from '@affluent/protocol/limits'

/** Something in the bytes that needs a closer look at the parsed value. */
export const SCAN_FLAGS = {
  /** a `\u` escape: the text may hold NUL or half a surrogate pair */
  unicodeEscape: 1,
  /** a key that is empty, escaped, over-long or may be `__proto__` */
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
  readonly flags: number
}

export type Scan =
  | { readonly kind: 'too_deep' }
  | { readonly kind: 'scanned'; readonly whole: ScannedEvent; readonly items: readonly ScannedEvent[] }

const QUOTE = 0x22
const BACKSLASH = 0x5c
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
const IS_KEY_BATCH = [0x62, 0x61, 0x74, 0x63, 0x68]
const LONG_NUMBER_BYTES = 16
const KEY_BYTES_SURE = 8

/**
 * Walks the bytes of a JSON body once, before it is parsed: nesting, number of keys, longest array, and where each event of a
 * top-level `batch` array begins and ends. It presumes well-formed JSON and never fails: what it says about other input
 * does not matter, since the parser refuses that input. When it cannot be sure which array JSON.parse will take as `batch`, it lists no items.
 * @param bytes the body, UTF-8
 * @returns `too_deep` when the body is nested more than BODY_DEPTH_MAX levels: such a body must not reach the parser, which takes
 *   half a second for a million levels
 */
export function scanJson(bytes: Uint8Array): Scan {
  const scanner = new Scanner(bytes)
  if (!scanner.run()) return { kind: 'too_deep' }
  return { kind: 'scanned', whole: scanner.whole(), items: scanner.items }
}

class Scanner {
  items: ScannedEvent[] = []
  readonly #bytes: Uint8Array
  readonly #commas = new Int32Array(BODY_DEPTH_MAX + 2)
  readonly #isArray = new Uint8Array(BODY_DEPTH_MAX + 2)
  #depth = 0
  // of the whole body
  #deepest = 0
  #keys = 0
  #longest = 0
  #flags = 0
  // of the event that is being read inside `batch`
  #inBatch = false
  #itemStart = 0
  #itemDeepest = 0
  #itemKeys = 0
  #itemLongest = 0
  #itemFlags = 0
  #itemSeen = false
  // a key beside `batch` is written with escapes: it may be a second `batch`, which would win
  #doubtful = false

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  whole(): ScannedEvent {
    return {
      start: 0,
      end: this.#bytes.length,
      depth: this.#deepest,
      keys: this.#keys,
      longestArray: this.#longest,
      flags: this.#flags,
    }
  }

  run(): boolean {
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
          if (textEscaped && this.#depth === 1) this.#doubtful = true
          pendingBatch = this.#depth === 1 && isBatchKey(bytes, textStart, textEnd)
          at++
          break
        case COMMA:
          this.#noteComma(at)
          pendingBatch = false
          at++
          break
        case OPEN_OBJECT:
        case OPEN_ARRAY:
          if (!this.#open(byte === OPEN_ARRAY, pendingBatch, at)) return false
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
    if (this.#doubtful) this.items = []
    return true
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
    if (length === 0 || escaped || length > 255 || (length === 9 && this.#bytes[start] === 0x5f)) {
      this.#flag(SCAN_FLAGS.oddKey)
    }
  }

  #noteComma(at: number): void {
    const depth = this.#depth
    const commas = ((this.#commas[depth] as number) += 1)
    if (this.#isArray[depth] === 0) return
    if (commas + 1 > this.#longest) this.#longest = commas + 1
    if (this.#inBatch && depth === 2) {
      this.#endItem(at)
      this.#startItem(at + 1)
      return
    }
    if (this.#inBatch && commas + 1 > this.#itemLongest) this.#itemLongest = commas + 1
  }

  #open(isArray: boolean, isBatch: boolean, at: number): boolean {
    const depth = ++this.#depth
    if (depth > BODY_DEPTH_MAX) return false
    this.#commas[depth] = 0
    this.#isArray[depth] = isArray ? 1 : 0
    if (depth > this.#deepest) this.#deepest = depth
    if (this.#inBatch) {
      if (depth - 2 > this.#itemDeepest) this.#itemDeepest = depth - 2
      this.#itemSeen = true
    } else if (isBatch && isArray && depth === 2) {
      // of two `batch` keys the last wins, as in JSON.parse
      this.items.length = 0
      this.#inBatch = true
      this.#startItem(at + 1)
    }
    return true
  }

  #close(at: number): void {
    if (this.#inBatch && this.#depth === 2) {
      this.#endItem(at)
      this.#inBatch = false
    }
    if (this.#depth > 0) this.#depth--
  }

  #startItem(at: number): void {
    this.#itemStart = at
    this.#itemDeepest = 0
    this.#itemKeys = 0
    this.#itemLongest = 0
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
    this.items.push({
      start,
      end,
      depth: this.#itemDeepest,
      keys: this.#itemKeys,
      longestArray: this.#itemLongest,
      flags: this.#itemFlags,
    })
  }

  #flag(flag: number): void {
    this.#flags |= flag
    if (this.#inBatch) this.#itemFlags |= flag
  }
}

function isBatchKey(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== IS_KEY_BATCH.length) return false
  return IS_KEY_BATCH.every((byte, index) => bytes[start + index] === byte)
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09
}
