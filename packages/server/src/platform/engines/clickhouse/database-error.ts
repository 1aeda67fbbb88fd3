const STATUS_OF_CODE: Readonly<Record<number, number>> = { 60: 404, 62: 400, 81: 404, 202: 503, 396: 413 }

/** An error in ClickHouse's shape: `Code: N. DB::Exception: ... (NAME)`, with the HTTP status it travels under. */
export class DatabaseError extends Error {
  readonly code: number
  readonly status: number

  constructor(code: number, text: string, options?: ErrorOptions) {
    super(`Code: ${code}. ${text}`, options)
    this.name = 'DatabaseError'
    this.code = code
    this.status = STATUS_OF_CODE[code] ?? 500
  }
}

/** Makes an error of our own that reads like one of ClickHouse's; `name` is the upper case word of the code. */
export function databaseError(
  code: number,
  name: string,
  text: string,
  options?: ErrorOptions,
): DatabaseError {
  return new DatabaseError(code, `DB::Exception: ${text} (${name})`, options)
}

/** Reads what the engine threw; what is not an exception of the engine becomes code 1002 (UNKNOWN_EXCEPTION). */
export function toDatabaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error
  const text = error instanceof Error ? error.message : String(error)
  // The engine wraps an exception in itself: `Code: 33. DB::Exception: Code: 33. DB::Exception: ...`.
  const found = /(?:Code: \d+\. DB::Exception: )*Code: (\d+)\. (DB::.*)$/s.exec(text)
  if (found === null) return databaseError(1002, 'UNKNOWN_EXCEPTION', text, { cause: error })
  return new DatabaseError(Number(found[1]), found[2] ?? '', { cause: error })
}
