import { decoded } from './personal-field.ts'

/** Shorter values are compared as wholes only: a name such as "Al" is in every other word. */
const PART_CHARS_MIN = 4

/** The personal values of one answer: whatever holds one of them is left out too. */
export class PersonalValues {
  readonly #wholes = new Set<string>()
  /** by their first letters */
  readonly #parts = new Map<string, Set<string>>()

  add(text: string): void {
    const value = plain(text)
    if (value === '') return
    this.#wholes.add(value)
    if (value.length < PART_CHARS_MIN) return
    const start = value.slice(0, PART_CHARS_MIN)
    const parts = this.#parts.get(start)
    if (parts === undefined) this.#parts.set(start, new Set([value]))
    else parts.add(value)
  }

  /** Whether a text is or holds one of them. */
  areIn(text: string): boolean {
    if (this.#wholes.size === 0) return false
    return this.#holds(plain(text)) || (text.includes('%') && this.#holds(plain(decoded(text))))
  }

  #holds(text: string): boolean {
    if (this.#wholes.has(text)) return true
    for (let at = 0; at + PART_CHARS_MIN <= text.length; at++) {
      const parts = this.#parts.get(text.slice(at, at + PART_CHARS_MIN))
      if (parts === undefined) continue
      for (const part of parts) if (text.startsWith(part, at)) return true
    }
    return false
  }
}

function plain(text: string): string {
  return text.normalize('NFC').trim().toLowerCase()
}
