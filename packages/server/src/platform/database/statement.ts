import type { DatabaseAddress } from './connect.ts'

/** One step of a transaction, as plain data: it travels to the thread that talks to PostgreSQL. */
export type Statement =
  | {
      readonly kind: 'query'
      readonly name?: string
      readonly text: string
      readonly values: readonly unknown[]
      /** which of the values, counted from 0, is bytes that the thread packs (`packed-bytes.ts`) */
      readonly packed?: number
      /** the transaction fails with `NothingChanged` when this changes no row */
      readonly mustChange?: boolean
    }
  | {
      readonly kind: 'copy'
      /** table and columns, such as `edge (workspace_id, ledger, a, b)` */
      readonly target: string
      /** rows in PostgreSQL's text format, as `copyRow` makes them */
      readonly rows: Uint8Array
      /** they are in its binary format (`binary-copy.ts`) */
      readonly isBinary?: true
    }

/** What a transaction answers: the rows of its last query. */
export type Rows = readonly Readonly<Record<string, unknown>>[]

/** What the thread that writes is asked to run. */
export interface WriterJob {
  readonly address: DatabaseAddress
  readonly statements: readonly Statement[]
}

/** COPY of rows, as a statement; nothing when there are none. */
export function copyStatement(target: string, rows: string): Statement[] {
  return rows === '' ? [] : [{ kind: 'copy', target, rows: ownBytes(rows) }]
}

/** Bytes of a text in a buffer of their own, which may be handed to another thread without a copy. */
function ownBytes(text: string): Uint8Array {
  const length = Buffer.byteLength(text)
  const bytes = Buffer.allocUnsafeSlow(length)
  bytes.write(text, 0, 'utf8')
  return bytes
}
