const LOAD_MAX = 0.7
const ENTRY_HEADER = 12

/**
 * Values by number, bounded in bytes, off the JavaScript heap. Bytes are written into one ring: when it comes round,
 * the oldest go, but a value that was read since it was written is written again on reading once it is in the oldest
 * half. A million values cost the garbage collector nothing.
 */
export class ByteCache {
  readonly #ring: Buffer
  readonly #size: number
  #keys: Float64Array
  #offsets: Float64Array
  #mask: number
  #used = 0
  /** bytes ever written; an entry at `offset` lives while `#head - offset <= #size` */
  #head = 0

  /** @param bytes of the ring; at least a few of the largest values must fit */
  constructor(bytes: number) {
    this.#size = bytes
    this.#ring = Buffer.allocUnsafeSlow(bytes)
    this.#mask = 1023
    this.#keys = new Float64Array(1024)
    this.#offsets = new Float64Array(1024).fill(-1)
  }

  /** Bytes that are held off the heap: of the ring only what has been written. */
  get bytes(): number {
    return Math.min(this.#head, this.#size) + this.#keys.byteLength + this.#offsets.byteLength
  }

  /**
   * @param key any number from 0 to 2^53
   * @returns a view into the ring, good only until the next `set`; undefined when it is not here
   */
  get(key: number): Buffer | undefined {
    const slot = this.#find(key)
    const offset = this.#offsets[slot] as number
    if (!this.#isAlive(offset) || this.#keys[slot] !== key) return undefined
    const at = offset % this.#size
    const length = this.#ring.readUInt32LE(at + 8)
    const value = this.#ring.subarray(at + ENTRY_HEADER, at + ENTRY_HEADER + length)
    if (this.#head - offset > this.#size / 2) {
      const copy = Buffer.from(value)
      this.set(key, copy)
      return copy
    }
    return value
  }

  /** Keeps a copy of `value`; a value larger than an eighth of the cache is not kept. */
  set(key: number, value: Buffer): void {
    const needed = ENTRY_HEADER + value.length
    if (needed > this.#size / 8) {
      this.delete(key)
      return
    }
    let at = this.#head % this.#size
    if (at + needed > this.#size) {
      this.#head += this.#size - at
      at = 0
    }
    if (this.#used > this.#keys.length * LOAD_MAX) this.#rehash()
    const slot = this.#find(key)
    if (this.#offsets[slot] === -1) this.#used++
    this.#keys[slot] = key
    this.#offsets[slot] = this.#head
    this.#ring.writeDoubleLE(key, at)
    this.#ring.writeUInt32LE(value.length, at + 8)
    value.copy(this.#ring, at + ENTRY_HEADER)
    this.#head += needed
  }

  delete(key: number): void {
    const slot = this.#find(key)
    if (this.#keys[slot] === key && this.#offsets[slot] !== -1) this.#offsets[slot] = -2
  }

  clear(): void {
    this.#offsets.fill(-1)
    this.#used = 0
    this.#head = 0
  }

  /** An entry is overwritten once the head has gone round past it. */
  #isAlive(offset: number): boolean {
    return offset >= 0 && offset >= this.#head - this.#size
  }

  /** The slot of a key, or the empty slot where its search ends. */
  #find(key: number): number {
    let slot = hashNumber(key) & this.#mask
    while (this.#offsets[slot] !== -1 && this.#keys[slot] !== key) slot = (slot + 1) & this.#mask
    return slot
  }

  /** Leaves dead entries behind; grows when the living ones alone are many. */
  #rehash(): void {
    const keys = this.#keys
    const offsets = this.#offsets
    let living = 0
    for (const offset of offsets) if (this.#isAlive(offset)) living++
    let capacity = 1024
    while (capacity * LOAD_MAX < living * 2 + 16) capacity *= 2
    this.#keys = new Float64Array(capacity)
    this.#offsets = new Float64Array(capacity).fill(-1)
    this.#mask = capacity - 1
    this.#used = 0
    for (let index = 0; index < keys.length; index++) {
      if (!this.#isAlive(offsets[index] as number)) continue
      const slot = this.#find(keys[index] as number)
      this.#keys[slot] = keys[index] as number
      this.#offsets[slot] = offsets[index] as number
      this.#used++
    }
  }
}

function hashNumber(key: number): number {
  let hash = Math.imul((key >>> 0) ^ Math.imul((key / 2 ** 32) >>> 0, 0x9e3779b1), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35)
  return (hash ^ (hash >>> 13)) >>> 0
}
