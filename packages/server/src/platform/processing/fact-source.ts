import type { ProcessedEvent } from './processed-event.ts'

/** What was decided of some events or of one command, as far as a capability's facts come of it. */
export interface FactBatch<Part> {
  /** position of the last event, or of the command */
  readonly last: number
  readonly processed: readonly ProcessedEvent[]
  readonly part: Part
}

/** Rows for one table of ClickHouse, in RowBinary form. */
export interface FactRows {
  /** table and columns, as they stand after `insert into` */
  readonly target: string
  readonly rows: Buffer
}

/** What a capability brings into ClickHouse: the bytes that wait for the loader, and the rows that it makes of them. */
export interface FactSource<Part> {
  /** names its bytes in load entries, for as long as any entry lives: at most 255 bytes of ASCII */
  readonly key: string
  /** what a batch says in which the capability had nothing to say */
  readonly nothing: Part
  /** @returns undefined: nothing to keep */
  encode(part: Part): Buffer | undefined
  decode(bytes: Buffer): Part
  /** @returns for the same tables in the same order, whatever the batch says */
  rows(workspace: number, batch: FactBatch<Part>): readonly FactRows[]
  /** how many rows a part makes, about: what is left out counts for nothing */
  countRows?(part: Part): number
}
