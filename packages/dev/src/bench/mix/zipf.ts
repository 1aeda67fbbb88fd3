/**
 * Draws whole numbers from 0 to `size - 1` by a Zipf law: number k comes in proportion to 1 / (k + 1) ** exponent.
 * Walker's alias method, so that one draw costs the same for fifty people and for a million.
 * @param random gives numbers from 0 to 1 (1 excluded)
 */
export function createZipf(size: number, random: () => number, exponent = 1): () => number {
  const { keep, alias } = buildAlias(size, exponent)
  return () => {
    const slot = Math.floor(random() * size)
    return random() < (keep[slot] as number) ? slot : (alias[slot] as number)
  }
}

function buildAlias(size: number, exponent: number): { keep: Float64Array; alias: Int32Array } {
  const keep = new Float64Array(size)
  const alias = new Int32Array(size)
  let total = 0
  for (let k = 0; k < size; k++) total += keep[k] = (k + 1) ** -exponent
  for (let k = 0; k < size; k++) keep[k] = ((keep[k] as number) * size) / total
  // the numbers that come more often than one in `size` are the first ones: they fill up the slots of the others, the
  // last of which need most
  const poor: number[] = []
  const rich: number[] = []
  for (let k = 0; k < size; k++) ((keep[k] as number) < 1 ? poor : rich).push(k)
  while (poor.length > 0 && rich.length > 0) {
    const low = poor.pop() as number
    const high = rich.at(-1) as number
    alias[low] = high
    keep[high] = (keep[high] as number) - (1 - (keep[low] as number))
    if ((keep[high] as number) < 1) poor.push(rich.pop() as number)
  }
  for (const k of [...poor, ...rich]) keep[k] = 1
  return { keep, alias }
}
