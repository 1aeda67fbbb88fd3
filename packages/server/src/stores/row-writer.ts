const FIRST_BYTES = 256 * 1024

/** Writes ClickHouse's RowBinary: little-endian numbers, texts with their length before them as a varint. */
export class RowWriter {
  #buffer = Buffer.allocUnsafe(FIRST_BYTES)
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

  text(value: string | Buffer): void {
    const length = typeof value === 'string' ? Buffer.byteLength(value) : value.length
    this.#room(length + 5)
    let rest = length
    while (rest >= 0x80) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80
      rest >>>= 7
    }
    this.#buffer[this.#at++] = rest
    if (typeof value === 'string') this.#buffer.write(value, this.#at)
    else value.copy(this.#buffer, this.#at)
    this.#at += length
  }

  finish(): Buffer {
    return this.#buffer.subarray(0, this.#at)
  }

  #room(bytes: number): void {
    if (this.#at + bytes <= this.#buffer.length) return
    const larger = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#at + bytes))
    this.#buffer.copy(larger, 0, 0, this.#at)
    this.#buffer = larger
  }
}
