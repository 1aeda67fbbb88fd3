const FIRST_STRONG_ISOLATE = '\u2068'
const POP_ISOLATE = '\u2069'
const MARKED = /\u2068([^\u2069]*)\u2069/

/** A value from data inside a sentence: between marks that also keep its direction of writing to itself. */
export function marked(value: string): string {
  return `${FIRST_STRONG_ISOLATE}${unmarked(value)}${POP_ISOLATE}`
}

/** A sentence as plain text, without the marks around its values. */
export function unmarked(sentence: string): string {
  return sentence.replaceAll(/[\u2066-\u2069]/g, '')
}

/** A sentence in pieces: every second one, from the second on, is a value from data. */
export function piecesOf(sentence: string): string[] {
  return sentence.split(MARKED)
}
