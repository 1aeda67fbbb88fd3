import type { Rejection } from '@affluent/protocol/codes'
import { ClickHouseError } from '@clickhouse/client'

/** Errors of ClickHouse that lie in the question and come again however often it is asked. */
const TOO_LARGE = new Set([
  '43', // ILLEGAL_TYPE_OF_ARGUMENT
  '53', // TYPE_MISMATCH
  '62', // SYNTAX_ERROR, which is also a sentence that is too long
  '167', // TOO_DEEP_AST
  '168', // TOO_BIG_AST
  '306', // TOO_DEEP_RECURSION
  '386', // NO_COMMON_TYPE
])
const TOO_DEAR = new Set([
  '158', // TOO_MANY_ROWS
  '191', // SET_SIZE_LIMIT_EXCEEDED
  '241', // MEMORY_LIMIT_EXCEEDED
  '307', // TOO_MANY_BYTES
  '396', // TOO_MANY_ROWS_OR_BYTES
])
const TIMEOUT = '159'

/**
 * What is wrong with a condition that ClickHouse does not answer; undefined when the fault is not the condition's: it
 * may be asked again.
 * @param error what asking it threw
 */
export function conditionErrorOfEngine(error: unknown): Rejection | undefined {
  if (!(error instanceof ClickHouseError)) return undefined
  const { code, message } = error
  if (TOO_LARGE.has(code))
    return {
      code: 'condition_too_large',
      message: 'Written out for ClickHouse, this condition is too large. Use fewer conditions and tests.',
      path: 'condition',
    }
  // what all questions take together is nobody's fault
  if (TOO_DEAR.has(code) && !message.startsWith('(total)'))
    return {
      code: 'condition_too_dear',
      message:
        'This condition needs more of ClickHouse than one question may take. Use fewer event conditions, shorter windows, fewer `distinct`.',
      path: 'condition',
    }
  return undefined
}

/** The same for a backfill, which may take ten minutes: what takes longer will do so again. */
export function backfillErrorOfEngine(error: unknown): Rejection | undefined {
  if (error instanceof ClickHouseError && error.code === TIMEOUT)
    return {
      code: 'condition_too_dear',
      message: 'Preparing this condition takes ClickHouse more than ten minutes. Use fewer event conditions.',
      path: 'condition',
    }
  return conditionErrorOfEngine(error)
}
