import { type AnalyticalTable, DURABLE } from '../platform/clickhouse/analytical-table.ts'
import { RowWriter } from '../platform/clickhouse/row-writer.ts'

/**
 * An identifier that belongs to a fragment from a position on, by its number: values of people are in PostgreSQL alone.
 */
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

/** Which identifier belongs to which fragment. */
export const IDENTIFIER_TABLE: AnalyticalTable = {
  name: 'identifier',
  create: `create table if not exists identifier (
     workspace UInt32,
     namespace LowCardinality(String),
     fragment UInt64,
     identifier UInt64,
     position UInt64
   ) engine = ReplacingMergeTree
   order by (workspace, namespace, fragment, identifier)
   settings ${DURABLE}`,
}
