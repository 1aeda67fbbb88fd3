import { RowWriter } from './row-writer.ts'

/** An identifier that belongs to a fragment from a position on, by its number: values of people are in PostgreSQL alone. */
export interface IdentifierRow {
  readonly workspace: number
  readonly namespace: string
  readonly fragment: number
  readonly identifier: number
  readonly position: number
}

/** Rows of `identifier` in RowBinary form. */
export class IdentifierRows {
  readonly #writer = new RowWriter()

  add(row: IdentifierRow): void {
    this.#writer.uint32(row.workspace)
    this.#writer.text(row.namespace)
    this.#writer.uint64(row.fragment)
    this.#writer.uint64(row.identifier)
    this.#writer.uint64(row.position)
  }

  finish(): Buffer {
    return this.#writer.finish()
  }
}

export const IDENTIFIER_COLUMNS = '(workspace, namespace, fragment, identifier, position)'
