/** One cell of a COPY; null is NULL. */
export type Cell = string | number | null

/** One line of PostgreSQL's text format. */
export function copyRow(cells: readonly Cell[]): string {
  let line = ''
  for (let index = 0; index < cells.length; index++) {
    const cell = cells[index]
    if (index > 0) line += '\t'
    line += cell === null || cell === undefined ? '\\N' : typeof cell === 'number' ? cell : escapeCell(cell)
  }
  return `${line}\n`
}

/** A bytea cell. */
export function bytesCell(bytes: Buffer): string {
  return `\\x${bytes.toString('hex')}`
}

const SPECIAL = /[\\\t\n\r\u0000]/
const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\t': '\\t',
  '\n': '\\n',
  '\r': '\\r',
  '\u0000': '',
}

function escapeCell(text: string): string {
  if (!SPECIAL.test(text)) return text
  return text.replace(/[\\\t\n\r\u0000]/g, (character) => ESCAPES[character] as string)
}
