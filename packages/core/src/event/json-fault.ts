const QUOTE = 0x22
const BACKSLASH = 0x5c
const OPEN_OBJECT = 0x7b
const CLOSE_OBJECT = 0x7d
const OPEN_ARRAY = 0x5b
const CLOSE_ARRAY = 0x5d
const COMMA = 0x2c
const COLON = 0x3a
const MINUS = 0x2d
const PLUS = 0x2b
const POINT = 0x2e
const ZERO = 0x30
const LETTER_U = 0x75
const ESCAPES = new Set([...'"\\/bfnrt'].map((letter) => letter.charCodeAt(0)))
const WORDS = ['true', 'false', 'null']

/**
 * Finds where bytes stop to be JSON. Parsers of different versions tell it in different ways, or not at all.
 * @param bytes UTF-8
 * @returns offset of the first byte that cannot stand there; the length when the text ends too early; undefined when it
 * is JSON
 */
export function findJsonFault(bytes: Uint8Array): number | undefined {
  const reader = new Reader(bytes)
  return reader.read() ? undefined : reader.at
}

/**
 * Each step returns whether it could be taken; where not, `at` is the place. It keeps its own stack, since a body may
 * be nested as deep as it is long.
 */
class Reader {
  at = 0
  readonly #bytes: Uint8Array
  readonly #closers: number[] = []

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  read(): boolean {
    let expectsValue = true
    for (;;) {
      if (expectsValue) {
        const opened = this.#open()
        if (opened === undefined) return false
        if (opened) continue
      }
      // a value has ended here
      const closer = this.#closers.at(-1)
      this.#skipBlanks()
      if (closer === undefined) return this.at === this.#bytes.length
      const byte = this.#bytes[this.at]
      if (byte === closer) {
        this.#closers.pop()
        this.at++
        expectsValue = false
      } else if (byte === COMMA) {
        this.at++
        if (closer === CLOSE_OBJECT && !this.#key()) return false
        expectsValue = true
      } else return false
    }
  }

  /**
   * @returns true when an array or object with something in it was opened, false when a value has ended, undefined at a
   * fault
   */
  #open(): boolean | undefined {
    this.#skipBlanks()
    const byte = this.#bytes[this.at]
    if (byte !== OPEN_OBJECT && byte !== OPEN_ARRAY) return this.#scalar(byte) ? false : undefined
    this.at++
    this.#skipBlanks()
    const closer = byte === OPEN_OBJECT ? CLOSE_OBJECT : CLOSE_ARRAY
    if (this.#bytes[this.at] === closer) {
      this.at++
      return false
    }
    this.#closers.push(closer)
    return byte === OPEN_ARRAY || this.#key() ? true : undefined
  }

  #key(): boolean {
    this.#skipBlanks()
    if (!this.#text()) return false
    this.#skipBlanks()
    return this.#take(COLON)
  }

  #scalar(byte: number | undefined): boolean {
    if (byte === QUOTE) return this.#text()
    if (byte === MINUS || isDigit(byte)) return this.#number()
    const word = WORDS.find((each) => each.charCodeAt(0) === byte)
    return word !== undefined && [...word].every((letter) => this.#take(letter.charCodeAt(0)))
  }

  #text(): boolean {
    if (!this.#take(QUOTE)) return false
    for (;;) {
      const byte = this.#bytes[this.at]
      if (byte === undefined || byte < 0x20) return false
      if (byte === BACKSLASH) {
        if (!this.#escape()) return false
        continue
      }
      this.at++
      if (byte === QUOTE) return true
    }
  }

  #escape(): boolean {
    this.at++
    const byte = this.#bytes[this.at]
    if (byte === undefined) return false
    if (byte !== LETTER_U) return ESCAPES.has(byte) && this.#take(byte)
    this.at++
    for (let digit = 0; digit < 4; digit++) {
      if (!isHexDigit(this.#bytes[this.at])) return false
      this.at++
    }
    return true
  }

  #number(): boolean {
    if (this.#bytes[this.at] === MINUS) this.at++
    if (this.#bytes[this.at] === ZERO) this.at++
    else if (!this.#digits()) return false
    if (this.#bytes[this.at] === POINT) {
      this.at++
      if (!this.#digits()) return false
    }
    if (((this.#bytes[this.at] ?? 0) | 0x20) !== 0x65) return true
    this.at++
    const sign = this.#bytes[this.at]
    if (sign === PLUS || sign === MINUS) this.at++
    return this.#digits()
  }

  #digits(): boolean {
    const start = this.at
    while (isDigit(this.#bytes[this.at])) this.at++
    return this.at > start
  }

  #take(byte: number): boolean {
    if (this.#bytes[this.at] !== byte) return false
    this.at++
    return true
  }

  #skipBlanks(): void {
    for (;;) {
      const byte = this.#bytes[this.at]
      if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return
      this.at++
    }
  }
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}

function isHexDigit(byte: number | undefined): boolean {
  if (byte === undefined) return false
  const lower = byte | 0x20
  return isDigit(byte) || (lower >= 0x61 && lower <= 0x66)
}
