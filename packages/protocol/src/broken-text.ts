/** What no store can hold: NUL, and half a surrogate pair. */
export function isBroken(text: string): boolean {
  return text.includes('\u0000') || !text.isWellFormed()
}
