import { type TypedSql, typedJsonSql } from '../sql/typed-sql.ts'

/** What an event brings to an aggregate: one value, or the elements of a list. */
export type AggregatedSql =
  | { readonly kind: 'one'; readonly typed: TypedSql }
  /** SQL of an Array(String) of JSON scalars; of aggregates over numbers, of an Array(Float64) */
  | { readonly kind: 'many'; readonly values: string }

/** The one value that an event brings. */
export function oneOf(aggregated: AggregatedSql): TypedSql {
  if (aggregated.kind === 'one') return aggregated.typed
  throw new Error('This aggregate takes one value of an event.')
}

/** The numbers among elements. @param elements SQL of an Array(String) of JSON */
export function numbersSql(elements: string, define: (expression: string) => string): string {
  const { is, value } = typedJsonSql('e').num
  return define(`arrayMap(e -> ${value}, arrayFilter(e -> ${is}, ${elements}))`)
}

/** Whether there is a scalar: SQL of a UInt8. */
export function isScalarSql({ num, text, flag }: TypedSql): string {
  return `(${num.is} or ${text.is} or ${flag.is})`
}
