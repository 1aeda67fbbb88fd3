import { foldText } from './fold-text.ts'

/** Of a name's letters so many may be other ones: one in so many. */
const LETTERS_A_FAULT = 3

/**
 * The known name that somebody most likely meant: the same but for case, accents and what stands between words; the
 * last part of a longer path (`city` for `address.city`); else the one with the fewest other letters.
 * @param known the likeliest first
 * @returns undefined when none is near
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = bare(name)
  const others = known.filter((each) => each !== name)
  const same = others.find((each) => bare(each) === wanted)
  if (same !== undefined || wanted === '') return same
  const lastOf = bare(lastName(name))
  const asPart = others.find((each) => bare(lastName(each)) === lastOf)
  if (asPart !== undefined) return asPart
  const farthest = Math.max(1, Math.floor(wanted.length / LETTERS_A_FAULT))
  let nearest: string | undefined
  let least = farthest + 1
  for (const each of others) {
    const distance = Math.min(faultsBetween(wanted, bare(each)), faultsBetween(lastOf, bare(lastName(each))))
    if (distance < least) [nearest, least] = [each, distance]
  }
  return wanted.length < 2 ? undefined : nearest
}

function lastName(path: string): string {
  return path.split(/(?<!\\)\./).at(-1) ?? path
}

function bare(name: string): string {
  return foldText(name).replaceAll(/[\s_\-.[\]\\]/g, '')
}

/** Letters to add, take away, replace, or swap with their neighbour. */
function faultsBetween(a: string, b: string): number {
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const isSame = a[i - 1] === b[j - 1]
      let least = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (isSame ? 0 : 1),
      )
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (before[j - 2] as number) + 1)
      row.push(least)
    }
    before = last
    last = row
  }
  return last[b.length] as number
}
