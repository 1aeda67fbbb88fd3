/** What the text lacks at the place of the fault. */
export type JsonFaultKind =
  | 'empty'
  | 'value'
  | 'key'
  | 'colon'
  | 'comma'
  | 'string_end'
  | 'escape'
  | 'control'
  | 'number'
  | 'rest'
  | 'depth'

export interface JsonFault {
  readonly kind: JsonFaultKind
  /** Counted in UTF-16 units, from 0. */
  readonly index: number
  /** Both counted from 1. */
  readonly line: number
  readonly column: number
}

const DEPTH_MAX = 500
const SPACE = /[ \t\n\r]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const NUMBER_LIKE = /[-+.\w]+/y
const WORD = /true|false|null/y
const PLAIN_PART = /[^"\\\u0000-\u001f]*/y
const ESCAPE = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y

/**
 * The first place where a text is not JSON, and what is missing there; undefined when it is JSON. Browsers word this
 * differently, we do not.
 */
export function findJsonFault(text: string): JsonFault | undefined {
  const at = new Reader(text)
  try {
    at.skip()
    if (at.index === text.length) at.fail('empty')
    at.value(0)
    at.skip()
    if (at.index < text.length) at.fail('rest')
    return undefined
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault
    const before = text.slice(0, fault.index)
    const line = before.split('\n').length
    return { kind: fault.kind, index: fault.index, line, column: before.length - before.lastIndexOf('\n') }
  }
}

class Fault extends Error {
  readonly kind: JsonFaultKind
  readonly index: number

  constructor(kind: JsonFaultKind, index: number) {
    super(kind)
    this.kind = kind
    this.index = index
  }
}

class Reader {
  readonly #text: string
  index = 0

  constructor(text: string) {
    this.#text = text
  }

  fail(kind: JsonFaultKind, index = this.index): never {
    throw new Fault(kind, index)
  }

  skip(): void {
    this.#take(SPACE)
  }

  value(depth: number): void {
    if (depth > DEPTH_MAX) this.fail('depth')
    const sign = this.#text[this.index]
    if (sign === '{') return this.#members(depth)
    if (sign === '[') return this.#items(depth)
    if (sign === '"') return this.#string()
    if (this.#take(WORD)) return
    const start = this.index
    if (!this.#take(NUMBER)) this.fail('value')
    if (this.#take(NUMBER_LIKE)) this.fail('number', start)
  }

  #members(depth: number): void {
    this.index += 1
    this.skip()
    if (this.#takes('}')) return
    for (;;) {
      this.skip()
      if (this.#text[this.index] !== '"') this.fail('key')
      this.#string()
      this.skip()
      if (!this.#takes(':')) this.fail('colon')
      this.skip()
      this.value(depth + 1)
      this.skip()
      if (this.#takes('}')) return
      if (!this.#takes(',')) this.fail('comma')
    }
  }

  #items(depth: number): void {
    this.index += 1
    this.skip()
    if (this.#takes(']')) return
    for (;;) {
      this.skip()
      this.value(depth + 1)
      this.skip()
      if (this.#takes(']')) return
      if (!this.#takes(',')) this.fail('comma')
    }
  }

  #string(): void {
    const start = this.index
    this.index += 1
    for (;;) {
      this.#take(PLAIN_PART)
      if (this.#takes('"')) return
      const sign = this.#text[this.index]
      if (sign === undefined) this.fail('string_end', start)
      if (sign !== '\\') this.fail('control')
      if (!this.#take(ESCAPE)) this.fail('escape')
    }
  }

  #takes(sign: string): boolean {
    if (this.#text[this.index] !== sign) return false
    this.index += 1
    return true
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.index
    const found = pattern.exec(this.#text)?.[0] ?? ''
    this.index += found.length
    return found !== ''
  }
}
