import { LoadingRows } from '../pieces/loading-rows.tsx'

/** While a room is being loaded. */
export function Opening() {
  return <LoadingRows rows={8} />
}
