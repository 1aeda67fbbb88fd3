const ASCII = /^[\u0000-\u007f]*$/
const MARK = /^\p{M}$/u
const MARKS = /\p{M}+/gu
/**
 * Where characters are that fold; in between are ideographs, syllables, surrogates, private use and nothing. A test
 * looks at all.
 */
const FOLDING_RANGES = [
  [0x1, 0x3400],
  [0xa000, 0xac00],
  [0xf900, 0x17000],
  [0x1b000, 0x20000],
  [0x2f800, 0x2fa20],
  [0xe0000, 0xe0200],
] as const

const folded = new Map<string, string>()
const CHARACTERS_REMEMBERED = 20_000

/**
 * A text without case and without accents, as `ignoreCase` compares it. Character by character, so that ClickHouse can
 * do the same with a table: marks go, a letter with accents becomes its base, and letters that have the same capital
 * become one: Σ, σ and ς. What would become several letters stays: ß is not ss.
 */
export function foldText(text: string): string {
  if (ASCII.test(text)) return text.toLowerCase()
  let result = ''
  for (const character of text) {
    let own = folded.get(character)
    if (own === undefined) {
      own = foldCharacter(character)
      if (folded.size < CHARACTERS_REMEMBERED) folded.set(character, own)
    }
    result += own
  }
  return result
}

function foldCharacter(character: string): string {
  if (MARK.test(character)) return ''
  const parts = character.normalize('NFD')
  const base = parts === character ? character : oneOr(character, parts.replace(MARKS, ''))
  const capital = oneOr(base, base.toUpperCase())
  return oneOr(capital, capital.toLowerCase())
}

function oneOr(fallback: string, text: string): string {
  const isOne = text.length === 1 || (text.length === 2 && (text.codePointAt(0) as number) > 0xffff)
  return isOne ? text : fallback
}

/** What `foldText` does, as a table: which characters go, and which become which. */
export interface FoldTable {
  /** all marks */
  readonly marks: string
  /** side by side: the character at a place of `from` becomes the one at the same place of `to` */
  readonly from: string
  readonly to: string
}

let table: { readonly marks: string; readonly origins: ReadonlyMap<string, readonly string[]> } | undefined

/**
 * As much of the table as comparing with some texts needs: a character that becomes none of theirs may stay what it is,
 * since it equals none of theirs either way.
 * @param wanted texts that `foldText` made
 */
export function foldTableFor(wanted: readonly string[]): FoldTable {
  table ??= makeTable()
  let from = ''
  let to = ''
  for (const character of new Set(wanted.join(''))) {
    for (const origin of table.origins.get(character) ?? []) {
      from += origin
      to += character
    }
  }
  return { marks: table.marks, from, to }
}

function makeTable(): NonNullable<typeof table> {
  let marks = ''
  const origins = new Map<string, string[]>()
  for (const [first, end] of FOLDING_RANGES) {
    for (let code = first; code < end; code++) {
      const character = String.fromCodePoint(code)
      const own = code < 0x80 ? character.toLowerCase() : foldCharacter(character)
      if (own === character) continue
      if (own === '') marks += character
      else {
        const known = origins.get(own)
        if (known === undefined) origins.set(own, [character])
        else known.push(character)
      }
    }
  }
  return { marks, origins }
}
