/**
 * The place of a profile among all, from 0 to below 100: stable for a seed, even over profiles. MurmurHash3 (x86, 32
 * bits; Austin Appleby, public domain), which ClickHouse has as `murmurHash3_32`.
 * @param seed any text
 * @param profile number of the fragment that stands for the profile
 */
export function bucketOf(seed: string, profile: number): number {
  return (murmur3(utf8Of(`${seed}:${profile}`)) / 2 ** 32) * 100
}

function murmur3(bytes: readonly number[]): number {
  let hash = 0
  const tail = bytes.length & ~3
  for (let at = 0; at < tail; at += 4) {
    const block =
      (bytes[at] as number) |
      ((bytes[at + 1] as number) << 8) |
      ((bytes[at + 2] as number) << 16) |
      ((bytes[at + 3] as number) << 24)
    hash ^= mixBlock(block)
    hash = (hash << 13) | (hash >>> 19)
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0
  }
  let rest = 0
  for (let at = bytes.length - 1; at >= tail; at--) rest = (rest << 8) | (bytes[at] as number)
  if (bytes.length > tail) hash ^= mixBlock(rest)
  hash ^= bytes.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function mixBlock(block: number): number {
  const mixed = Math.imul(block, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}

function utf8Of(text: string): number[] {
  const bytes: number[] = []
  for (const character of text) {
    const point = character.codePointAt(0) as number
    if (point < 0x80) bytes.push(point)
    else if (point < 0x800) bytes.push(0xc0 | (point >> 6), 0x80 | (point & 0x3f))
    else if (point < 0x10000)
      bytes.push(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 0x3f), 0x80 | (point & 0x3f))
    else
      bytes.push(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 0x3f),
        0x80 | ((point >> 6) & 0x3f),
        0x80 | (point & 0x3f),
      )
  }
  return bytes
}
