import type { Statement } from './statement.ts'

type Copy = Extract<Statement, { kind: 'copy' }>
type Query = Extract<Statement, { kind: 'query' }>

/** More rows are cheaper as a COPY, for which nothing else can be on its way. */
export const INSERTED_ROWS_MAX = 16
const NEWLINE = 0x0a
/** A day's part of a table is another statement every day: it is not kept prepared. */
const OF_A_DAY = /_\d{4}_\d{2}_\d{2} /
const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\', t: '\t', n: '\n', r: '\r' }

/** A COPY of a few rows as an insert, which can be sent together with other statements; undefined when it has more. */
export function asInsert({ target, rows, isBinary }: Copy): Query | undefined {
  if (isBinary || countRows(rows) > INSERTED_ROWS_MAX) return undefined
  const text = Buffer.from(rows.buffer, rows.byteOffset, rows.byteLength).toString('utf8')
  const lines = text.slice(0, -1).split('\n')
  const values = lines.flatMap((line) => line.split('\t').map(readCell))
  const width = values.length / lines.length
  const places = lines.map(
    (_, line) => `(${Array.from({ length: width }, (__, cell) => `$${line * width + cell + 1}`).join(',')})`,
  )
  return {
    kind: 'query',
    ...(OF_A_DAY.test(target) ? {} : { name: `insert ${lines.length} ${nameOf(target)}` }),
    text: `insert into ${target} values ${places.join(',')}`,
    values,
  }
}

function countRows(rows: Uint8Array): number {
  let count = 0
  for (
    let at = rows.indexOf(NEWLINE);
    at >= 0 && count <= INSERTED_ROWS_MAX;
    at = rows.indexOf(NEWLINE, at + 1)
  )
    count++
  return count
}

function nameOf(target: string): string {
  return target.slice(0, target.indexOf(' '))
}

/** A cell of PostgreSQL's text format, as `copyRow` makes them. */
function readCell(cell: string): string | null {
  if (cell === '\\N') return null
  return cell.includes('\\')
    ? cell.replace(/\\(.)/g, (_, character: string) => ESCAPED[character] ?? character)
    : cell
}
