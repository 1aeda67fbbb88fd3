/** Formats in which a row stands alone, so that chunks of an answer simply follow one another. */
const ROWWISE = new Set([
  'jsoneachrow',
  'jsonlines',
  'ndjson',
  'jsoncompacteachrow',
  'jsonstringseachrow',
  'jsoncompactstringseachrow',
  'tabseparated',
  'tsv',
  'tabseparatedraw',
  'tsvraw',
  'csv',
  'rowbinary',
  'native',
])

/** Whether a statement only reads. */
export function isRead(sql: string): boolean {
  return /^(?:\s|\(|--[^\n]*\n|\/\*.*?\*\/)*(?:select|with|show|describe|desc|explain|exists)\b/is.test(sql)
}

/** Whether a statement is an INSERT. */
export function isInsert(sql: string): boolean {
  return /^(?:\s|--[^\n]*\n|\/\*.*?\*\/)*insert\b/is.test(sql)
}

/**
 * Whether the answer may be streamed. A second SELECT could be a scalar subquery, which the addon runs before it
 * returns and thereby blocks this process; and some formats repeat head and foot with every chunk.
 */
export function isStreamable(sql: string, defaultFormat: string): boolean {
  if (!/^\s*select\b/i.test(sql) || (sql.match(/\bselect\b/gi) ?? []).length > 1) return false
  const formats = [...sql.matchAll(/\bformat\s+(\w+)\b/gi)]
  const ending = /\bformat\s+(\w+)\s*;?\s*$/i.exec(sql)
  if (formats.length > 1 || (formats.length === 1 && ending === null)) return false
  return ROWWISE.has((ending?.[1] ?? defaultFormat).toLowerCase())
}
