import type { FastifyRequest } from 'fastify'
import { claimEdit, type Edit, type EditedThing, NO_EDIT } from '../database/edit-store.ts'
import type { ApiOptions } from './api-context.ts'
import { ApiError } from './api-error.ts'
import { authorOf } from './author-of.ts'

const VERSION = /^(?:W\/)?"?(\d{1,9})"?$/

/**
 * Counts a change just before it is made, by the version in `If-Match`; without one, whatever there is is replaced.
 * @throws ApiError 409 that says who changed it meanwhile and when
 */
export async function countEdit(
  { database, now }: ApiOptions,
  request: FastifyRequest,
  thing: EditedThing,
): Promise<void> {
  const edit = { ...thing, expected: readVersion(request), at: new Date(now()) }
  const before = await claimEdit(database, { ...edit, by: authorOf(request.caller).name })
  if (before === undefined) return
  const { version, changedBy, at } = before
  const who =
    changedBy === null
      ? 'It is not the version that you looked at'
      : `${changedBy} changed it at ${at?.toISOString()}`
  throw new ApiError(
    409,
    'changed_meanwhile',
    `${who}. Read it again, then send your change with its version in If-Match.`,
    {
      path: 'If-Match',
      details: { version, changedBy, changedAt: at?.toISOString() ?? null },
    },
  )
}

/** The version of a thing, as answers show it. */
export function describeEdit(edit: Edit = NO_EDIT): { version: number; changedBy: string | null } {
  return { version: edit.version, changedBy: edit.changedBy }
}

function readVersion({ headers }: FastifyRequest): number | undefined {
  const said = headers['if-match']
  if (said === undefined || said === '*') return undefined
  const [, version] = VERSION.exec(said) ?? []
  if (version !== undefined) return Number(version)
  throw new ApiError(400, 'invalid_request', 'If-Match is the "version" of the answer, such as "3".', {
    path: 'If-Match',
  })
}
