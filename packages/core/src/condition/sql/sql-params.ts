import type { SqlValue } from './sql-query.ts'

/** Gathers what stands beside the text of a query: each value gets a name, equal ones share it. */
export class SqlParams {
  readonly values: Record<string, SqlValue> = {}
  readonly #places = new Map<string, string>()

  text(value: string): string {
    return this.#place('String', value)
  }

  texts(values: readonly string[]): string {
    return this.#place('Array(String)', values)
  }

  /** @param value a whole number from 0 to 2^53 */
  uint(value: number): string {
    return this.#place('UInt64', value)
  }

  uints(values: readonly number[]): string {
    return this.#place('Array(UInt64)', values)
  }

  /** @param value a whole number */
  int(value: number): string {
    return this.#place('Int64', value)
  }

  /** A whole number of any size up to 128 bits. */
  wide(value: bigint): string {
    return this.#place('Int128', String(value))
  }

  /** To the last bit: no decimal notation is read on the way. */
  float(value: number): string {
    return `reinterpretAsFloat64(${this.#place('UInt64', bitsOf(value))})`
  }

  /** The bits of several doubles, as `reinterpretAsUInt64` gives them. */
  bits(values: readonly number[]): string {
    // as text: an array of texts would be sent with quotes
    return this.#place('Array(UInt64)', `[${values.map(bitsOf).join(',')}]`)
  }

  /** A moment as event times are kept. */
  time(ms: number): string {
    return `fromUnixTimestamp64Milli(${this.int(ms)}, 'UTC')`
  }

  #place(type: string, value: SqlValue): string {
    const key = `${type} ${JSON.stringify(value)}`
    const known = this.#places.get(key)
    if (known !== undefined) return known
    const name = `p${this.#places.size}`
    this.values[name] = value
    const place = `{${name}:${type}}`
    this.#places.set(key, place)
    return place
  }
}

/** The bits of a double as a decimal number; -0 as 0, which equals it. */
function bitsOf(value: number): string {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value + 0)
  return String(view.getBigUint64(0))
}
