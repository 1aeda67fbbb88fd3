const BITS_PER_ID = 12
const PROBES = 6
const FIRST_CAPACITY = 1 << 16
/** of one part: its bits are still numbered within 32 bits */
const LAST_CAPACITY = 1 << 28

/**
 * Says "surely new" or "maybe seen" of 128-bit ids: a Bloom filter that grows by further parts, each twice the last, so
 * that an empty day costs little. With 12 bits an id about 1 new id in 200 is looked up for nothing.
 */
export class IdFilter {
  readonly #parts: { readonly bits: Uint32Array; readonly capacity: number; count: number }[] = []

  /** Bytes that are held, off the JavaScript heap. */
  get bytes(): number {
    return this.#parts.reduce((sum, part) => sum + part.bits.byteLength, 0)
  }

  /** @param id 32 hex digits that are as good as random */
  mayContain(id: string): boolean {
    const hashes = hashesOf(id)
    for (const part of this.#parts) if (probe(part.bits, hashes, false)) return true
    return false
  }

  add(id: string): void {
    let part = this.#parts.at(-1)
    if (part === undefined || part.count >= part.capacity) {
      const capacity = part === undefined ? FIRST_CAPACITY : Math.min(part.capacity * 2, LAST_CAPACITY)
      part = { bits: new Uint32Array(Math.ceil((capacity * BITS_PER_ID) / 32)), capacity, count: 0 }
      this.#parts.push(part)
    }
    probe(part.bits, hashesOf(id), true)
    part.count++
  }
}

interface Hashes {
  readonly first: number
  readonly second: number
}

function hashesOf(id: string): Hashes {
  return { first: Number.parseInt(id.slice(0, 12), 16), second: Number.parseInt(id.slice(12, 20), 16) | 1 }
}

/** Kirsch and Mitzenmacher: two hashes make as many as are wanted. */
function probe(bits: Uint32Array, { first, second }: Hashes, set: boolean): boolean {
  const size = bits.length * 32
  let bit = first % size
  const step = (second >>> 0) % size
  for (let index = 0; index < PROBES; index++) {
    const word = bit >>> 5
    const mask = 1 << (bit & 31)
    if (set) bits[word] = (bits[word] as number) | mask
    else if (((bits[word] as number) & mask) === 0) return false
    bit += step
    if (bit >= size) bit -= size
  }
  return true
}
