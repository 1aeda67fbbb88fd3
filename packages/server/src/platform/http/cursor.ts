import { createHmac, timingSafeEqual } from 'node:crypto'
import { ApiError } from './api-error.ts'

const SIGNATURE_BYTES = 9

/**
 * Turns where a page ended into an opaque text, signed, so that a changed cursor or one of another workspace is found
 * out.
 * @param secret of the workspace
 * @param list that the cursor belongs to
 */
export function signCursor(secret: string, list: string, place: readonly number[]): string {
  const text = Buffer.from(place.join(','), 'utf8')
  return Buffer.concat([sign(secret, list, text), text]).toString('base64url')
}

/**
 * @returns undefined when there is no cursor
 * @throws ApiError 400 `invalid_cursor`
 */
export function readCursor(secret: string, list: string, cursor: string | undefined): number[] | undefined {
  if (cursor === undefined) return undefined
  const bytes = Buffer.from(cursor, 'base64url')
  const text = bytes.subarray(SIGNATURE_BYTES)
  const isOurs =
    bytes.length > SIGNATURE_BYTES &&
    bytes.toString('base64url') === cursor &&
    timingSafeEqual(bytes.subarray(0, SIGNATURE_BYTES), sign(secret, list, text))
  if (!isOurs)
    throw new ApiError(400, 'invalid_cursor', 'This cursor is not valid; begin without one.', {
      path: 'cursor',
    })
  return text.toString('utf8').split(',').map(Number)
}

function sign(secret: string, list: string, text: Buffer): Buffer {
  return createHmac('sha256', secret).update(`${list}\n`).update(text).digest().subarray(0, SIGNATURE_BYTES)
}
