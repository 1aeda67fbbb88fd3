const IDENTIFIER =
  '(?:`(?:[^`\\\\]|\\\\.)+`|"(?:[^"\\\\]|\\\\.)+"|\\{\\s*\\w+\\s*:\\s*Identifier\\s*\\}|\\w+)'
const HEAD = new RegExp(
  `^(\\s*INSERT\\s+INTO\\s+(?:TABLE\\s+)?${IDENTIFIER}(?:\\s*\\.\\s*${IDENTIFIER})?\\s*(?:\\([^()]*\\))?)` +
    '(\\s+SETTINGS\\s[^;]*?)?\\s+(FORMAT\\s+\\w+)[^\\S\\n]*(?:;?\\s*$|\\n)',
  'i',
)

export interface InsertHead {
  /** `INSERT INTO t (columns)` */
  readonly target: string
  /** ` SETTINGS ...` or empty */
  readonly settings: string
  /** `FORMAT Name` */
  readonly format: string
  /** What follows the head in the same text: rows, or nothing. */
  readonly rows: string
}

/** Reads `INSERT INTO table (columns) SETTINGS ... FORMAT Name`, with or without rows below; null when it is none. */
export function readInsertHead(sql: string): InsertHead | null {
  const found = HEAD.exec(sql)
  if (found === null) return null
  const [head, target = '', settings = '', format = ''] = found
  return { target, settings, format, rows: sql.slice(head.length) }
}

/** The statement that takes the rows from a file; `path` holds no quote. */
export function insertFromFile(head: InsertHead, path: string): string {
  return `${head.target} FROM INFILE '${path}' COMPRESSION 'none'${head.settings} ${head.format}`
}
