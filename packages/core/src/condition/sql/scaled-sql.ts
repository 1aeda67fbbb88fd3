/**
 * A number as a whole count of billionths, by the steps of `scaled`.
 * @param value SQL of a Float64 below SUM_VALUE_END, without side effects
 * @param define may give SQL a name that stands for it
 * @returns SQL of an Int128
 */
export function scaledSql(value: string, define = (step: string): string => step): string {
  const tenThousandths = define(`floor(${value} * 10000. + 0.5)`)
  const billionths = define(`floor(${value} * 1000000000. + 0.5)`)
  const isExact = `${tenThousandths} / 10000. = ${value}`
  return `if(${isExact}, ${wideOf(tenThousandths, define)} * 100000, ${wideOf(billionths, define)})`
}

/** ClickHouse turns only doubles below 2^63 into whole numbers exactly, so they go in two halves. */
function wideOf(whole: string, define: (step: string) => string): string {
  const high = define(`floor(${whole} / 4294967296.)`)
  return `(toInt128(toInt64(${high})) * 4294967296 + toInt64(${whole} - ${high} * 4294967296.))`
}
