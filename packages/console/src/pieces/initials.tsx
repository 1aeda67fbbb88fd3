import css from './initials.module.css'

const COLOURS = 8
const LETTER_LEAST_PIXELS = 12
// Smaller, two letters of a size that can be read have no room.
const TWO_LETTERS_FROM_PIXELS = 28

/** One or two letters on a colour that stays with the person; no photos. */
export function Initials({ name, seed = name, size = 28 }: { name: string; seed?: string; size?: number }) {
  const letters = initialsOf(name)
  return (
    <span
      className={css.initials}
      data-colour={colourOf(seed)}
      style={{ width: size, height: size, fontSize: Math.max(LETTER_LEAST_PIXELS, Math.round(size * 0.4)) }}
      aria-hidden
    >
      {size < TWO_LETTERS_FROM_PIXELS ? [...letters][0] : letters}
    </span>
  )
}

/** "Ada Lovelace" → AL, "ada@example.com" → A; nothing to read: a dot. */
export function initialsOf(name: string): string {
  const words = name.split('@')[0]?.match(/[\p{L}\p{N}]+/gu) ?? []
  const [first, second] = [words[0], words.length > 1 ? words.at(-1) : undefined]
  return first === undefined ? '·' : `${first.charAt(0)}${second?.charAt(0) ?? ''}`.toUpperCase()
}

function colourOf(seed: string): number {
  let hash = 7
  for (const character of seed) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) % 1_000_003
  return (hash % COLOURS) + 1
}
