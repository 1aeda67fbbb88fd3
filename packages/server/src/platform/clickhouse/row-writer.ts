const FIRST_BYTES = 4 * 1024
/** Up to here, and below 128, a length is one byte, and a loop is cheaper than two calls into native code. */
const SHORT_CHARS = 64

/** Writes ClickHouse's RowBinary: little-endian numbers, texts with their length before them as a varint. */
export class RowWriter {
  // memory of its own, so that it goes to another thread without a copy
  #buffer = Buffer.allocUnsafeSlow(FIRST_BYTES)
  #at = 0

  get bytes(): number {
    return this.#at
  }

  uint8(value: number): void {
    this.#room(1)
    this.#buffer[this.#at++] = value
  }

  uint32(value: number): void {
    this.#room(4)
    this.#at = this.#buffer.writeUInt32LE(value, this.#at)
  }

  /** @param value a whole number from 0 to 2^53 */
  uint64(value: number): void {
    this.#room(8)
    this.#at = this.#buffer.writeUInt32LE(value % 2 ** 32, this.#at)
    this.#at = this.#buffer.writeUInt32LE(Math.floor(value / 2 ** 32), this.#at)
  }

  float64(value: number): void {
    this.#room(8)
    this.#at = this.#buffer.writeDoubleLE(value, this.#at)
  }

  /** How many elements of an array, or pairs of a map, follow. */
  count(value: number): void {
    this.#room(5)
    this.#varint(value)
  }

  text(value: string | Buffer): void {
    if (typeof value === 'string' && value.length <= SHORT_CHARS && this.#ascii(value)) return
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length
    this.#room(length + 5)
    this.#varint(length)
    if (typeof value === 'string') this.#buffer.write(value, this.#at)
    else value.copy(this.#buffer, this.#at)
    this.#at += length
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  /** Writes a short text of ASCII; false, and nothing written, when it is no such text. */
  #ascii(value: string): boolean {
    this.#room(SHORT_CHARS + 1)
    const buffer = this.#buffer
    let at = this.#at + 1
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index)
      if (code > 0x7f) return false
      buffer[at++] = code
    }
    buffer[this.#at] = value.length
    this.#at = at
    return true
  }

  #varint(value: number): void {
    let rest = value
    while (rest >= 0x80) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#at++] = rest
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }
}
