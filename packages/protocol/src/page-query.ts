import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX, QUERY_TEXT_CHARS_MAX } from './limits.ts'
import { text } from './text.ts'

// What the queries of all lists have in common.

export const limit = text(QUERY_TEXT_CHARS_MAX, 0)
  .optional()
  .describe(`1 to ${PAGE_ITEMS_MAX}; ${PAGE_ITEMS_DEFAULT} when absent`)
export const cursor = text(QUERY_TEXT_CHARS_MAX, 0).optional().describe('As the page before gave it')
export const after = text(QUERY_TEXT_CHARS_MAX, 0)
  .optional()
  .describe('A position from Affluent-Position: waits until it has been processed')
