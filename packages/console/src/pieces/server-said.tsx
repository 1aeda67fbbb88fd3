import { ApiError } from '../api/api-error.ts'
import { RawMessage } from './raw-message.tsx'

/** What the server said of an error itself, and where it is about. */
export function ServerSaid({ error }: { error: unknown }) {
  if (!(error instanceof ApiError) || error.status === 0 || error.message === '') return null
  return <RawMessage text={error.path === undefined ? error.message : `${error.path}: ${error.message}`} />
}
