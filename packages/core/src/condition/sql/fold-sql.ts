import { foldTableFor } from '../fold-text.ts'
import type { SqlParams } from './sql-params.ts'

const GONE = '\u0301'

/**
 * A text without case and accents, as far as comparing it with some texts needs.
 * @param text SQL of a String
 * @param wanted what it is compared with, as `foldText` made it
 * @returns SQL of a String
 */
export function foldSql(text: string, wanted: readonly string[], params: SqlParams): string {
  const { marks, from, to } = foldTableFor(wanted)
  const origins = params.text(marks + from)
  const results = params.text(GONE.repeat([...marks].length) + to)
  return `replaceAll(translateUTF8(${text}, ${origins}, ${results}), '${GONE}', '')`
}
