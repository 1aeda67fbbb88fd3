/**
 * The one of some names that was most likely meant.
 * @param meant as somebody wrote it
 * @returns undefined when none is near: a third of its letters, at most, may be other ones; case does not count
 */
export function nearestName(meant: string, names: Iterable<string>): string | undefined {
  const asked = meant.toLowerCase()
  let nearest: string | undefined
  let least = Math.floor(Math.max(asked.length, 3) / 3) + 1
  for (const name of names) {
    const distance = editDistance(asked, name.toLowerCase(), least)
    if (distance >= least) continue
    least = distance
    nearest = name
  }
  return nearest
}

/** Letters to add, take away, change or swap with their neighbour, counted up to a bound. */
function editDistance(a: string, b: string, bound: number): number {
  if (Math.abs(a.length - b.length) >= bound) return bound
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let row = 1; row <= a.length; row++) {
    const next = [row]
    for (let column = 1; column <= b.length; column++) {
      const isSame = a[row - 1] === b[column - 1]
      const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      next.push(
        Math.min(
          (next[column - 1] as number) + 1,
          (last[column] as number) + 1,
          (last[column - 1] as number) + (isSame ? 0 : 1),
          isSwap ? (beforeLast[column - 2] as number) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    beforeLast = last
    last = next
  }
  return Math.min(last[b.length] as number, bound)
}
