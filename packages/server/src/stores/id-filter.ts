const BITS_PER_ID = 12
const PROBES = 6
const FIRST_CAPACITY = 1 << 16

/**
 * Says "surely new" or "maybe seen" of 128-bit ids: a Bloom filter that grows by further parts, each twice the last, so that an empty day costs
 * little. With 12 bits an id about 1 new id in 200 is looked up for nothing.
 */
export class IdFilter {
  readonly #parts: { readonly bits: Uint32Array; readonly capacity: number; count: number }[] = []

  /** Bytes that are held, off the JavaScript heap. */
  get bytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.bits.byteLength, 0)
  }

  /** @param id 16 bytes that are as good as random */
  mayContain(id: Buffer): boolean {
    for (const part of this.#parts) if (probe(part.bits, id, false)) return true
    return false
  }

  add(id: Buffer): void {
    let part = this.#parts.at(-1)
    if (part === undefined || part.count >= part.capacity) {
      const capacity = part === undefined ? FIRST_CAPACITY : part.capacity * 2
      part = { bits: new Uint32Array(Math.ceil((capacity * BITS_PER_ID) / 32)), capacity, count: 0 }
      this.#parts.push(part)
    }
    probe(part.bits, id, true)
    part.count++
  }
}

/** Kirsch and Mitzenmacher: two hashes make as many as are wanted. */
function probe(bits: Uint32Array, id: Buffer, set: boolean): boolean {
  const size = bits.length * 32
  const first = id.readUInt32LE(0) + id.readUInt16LE(8) * 2 ** 32
  const second = (id.readUInt32LE(4) | 1) >>> 0
  for (let index = 0; index < PROBES; index++) {
    const bit = (first + index * second) % size
    const word = Math.floor(bit / 32)
    const mask = 1 << (bit & 31)
    if (set) bits[word] = (bits[word] as number) | mask
    else if (((bits[word] as number) & mask) === 0) return false
  }
  return true
}
