/** Whether one of the words begins, or has a part that begins, with what was typed; accents and case aside. */
export function matches(typed: string, words: readonly string[]): boolean {
  const wanted = plain(typed)
  return words.some((word) => {
    const own = plain(word)
    return own.startsWith(wanted) || own.split(/[^\p{L}\p{N}]+/u).some((part) => part.startsWith(wanted))
  })
}

function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase().trim()
}
