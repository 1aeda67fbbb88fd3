/** A repeatable stream of numbers from 0 to 1 (1 excluded): the same seed gives the same numbers on every machine. */
export function createRandom(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x9e3779b9) | 0
    return mix32(state) / 2 ** 32
  }
}

/** Scatters a 32-bit number; no two inputs give the same output. Murmur3's finaliser. */
export function mix32(value: number): number {
  let mixed = value | 0
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
