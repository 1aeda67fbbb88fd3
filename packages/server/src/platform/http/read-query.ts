import { PAGE_ITEMS_DEFAULT, PAGE_ITEMS_MAX } from '@affluent/protocol/limits'
import { ApiError } from './api-error.ts'

/** @throws ApiError 400 `invalid_limit` */
export function readLimit(value: unknown): number {
  if (value === undefined) return PAGE_ITEMS_DEFAULT
  const limit = typeof value === 'string' && /^\d{1,6}$/.test(value) ? Number(value) : 0
  if (limit >= 1 && limit <= PAGE_ITEMS_MAX) return limit
  const message = `"limit" must be between 1 and ${PAGE_ITEMS_MAX.toLocaleString('en-US')}.`
  throw new ApiError(400, 'invalid_limit', message, { path: 'limit' })
}

/** @throws ApiError 400 when `after` is no position */
export function readAfter(value: unknown): number | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string' && /^\d{1,15}$/.test(value)) return Number(value)
  throw new ApiError(400, 'invalid_request', '"after" must be a position, as Affluent-Position gave it.', {
    path: 'after',
  })
}
