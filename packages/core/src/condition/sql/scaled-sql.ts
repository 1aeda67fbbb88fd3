/**
 * A number as a whole count of billionths, by the steps of `scaled`.
 * @param value SQL of a Float64 below SUM_VALUE_END
 * @returns SQL of an Int128
 */
export function scaledSql(value: string): string {
  const tenThousandths = `floor(${value} * 10000. + 0.5)`
  return `if(${tenThousandths} / 10000. = ${value}, ${wideOf(tenThousandths)} * 100000, ${wideOf(`floor(${value} * 1000000000. + 0.5)`)})`
}

/** ClickHouse turns only doubles below 2^63 into whole numbers exactly, so larger ones go in two halves. */
function wideOf(whole: string): string {
  const high = `floor(${whole} / 4294967296.)`
  return `(toInt128(toInt64(${high})) * 4294967296 + toInt64(${whole} - ${high} * 4294967296.))`
}
