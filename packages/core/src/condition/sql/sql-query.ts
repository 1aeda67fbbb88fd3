import type { IdentityRules } from '../../identity/namespaces.ts'

/** A value that goes to ClickHouse beside the text of a query, never inside it. */
export type SqlValue = string | number | readonly string[] | readonly number[]

/** One SELECT for ClickHouse without its FORMAT: text with `{name:Type}`, and what stands for the names. */
export interface SqlQuery {
  readonly query: string
  readonly params: Readonly<Record<string, SqlValue>>
  /** settings that go with the statement: inside the query they would not hold for what stands around it */
  readonly settings: SqlSettings
}

export type SqlSettings = Readonly<Record<string, string>>

/** A condition of fifty leaves is a long sentence, and more so where it is written out. */
export const LONG_SENTENCE: SqlSettings = {
  max_ast_elements: '1000000',
  max_expanded_ast_elements: '10000000',
}

/** As of when a condition is asked, and by whose rules. */
export interface SqlQuestion {
  readonly workspace: number
  /** log position: rows and merges up to and including it count */
  readonly position: number
  /** the workspace's time, milliseconds since the epoch: windows end here */
  readonly now: number
  /** IANA name, for windows that follow the calendar */
  readonly zone: string
  /** decide which identifiers make a person known */
  readonly rules: IdentityRules
}

/** Fragments by number. */
export interface FragmentRange {
  /** included */
  readonly from: number
  /** excluded */
  readonly to: number
}
