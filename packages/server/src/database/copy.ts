import type { ClientBase } from 'pg'
import { from as copyFrom } from 'pg-copy-streams'

/** One cell of a COPY; null is NULL. */
export type Cell = string | number | null

/**
 * Sends rows by COPY, the cheapest way into PostgreSQL.
 * @param target table and columns, such as `edge (workspace_id, ledger, a, b)`
 * @param text rows in PostgreSQL's text format, as `copyRow` makes them
 */
export async function copyIn(client: ClientBase, target: string, text: string): Promise<void> {
  if (text === '') return
  const stream = client.query(copyFrom(`copy ${target} from stdin`))
  await new Promise<void>((resolve, reject) => {
    stream.on('error', reject)
    stream.on('finish', resolve)
    stream.end(Buffer.from(text, 'utf8'))
  })
}

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

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters that COPY gives a meaning
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
  // biome-ignore lint/suspicious/noControlCharactersInRegex: as above
  return text.replace(/[\\\t\n\r\u0000]/g, (character) => ESCAPES[character] as string)
}
