import { normalizeIdentifier } from '@affluent/core/identity/normalize-identifier'
import type { Fragment } from '@affluent/core/profile/fragment'
import { readProfileId } from '@affluent/core/profile/profile-id'
import type { FastifyRequest } from 'fastify'
import { findPersonByFragment, findPersonByIdentifier } from '../identity/contract.ts'
import { waitFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { readAfter } from '../platform/http/read-query.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import type { ProfileApi } from './profile-api.ts'
import { type PersonView, viewPerson } from './profile-view.ts'

/** A request whose path names a person. */
type PersonRequest = FastifyRequest<{
  Params: { readonly id: string }
  Querystring: { readonly after?: string | undefined }
}>

/** The person that a path names, after waiting for the position that the query names. */
export async function findPerson(
  request: PersonRequest,
  options: ProfileApi,
  stage: 'processed' | 'loaded' = 'processed',
): Promise<PersonView> {
  const { workspace } = request
  const after = readAfter(request.query.after)
  if (after !== undefined) await waitFor(options, workspace.id, after, stage)
  const { id } = request.params
  const read = () => readFragments(options, workspace, id)
  const fragments = await options.completeHistory(workspace.id, await read(), read)
  const person = viewPerson(fragments, options.rules(workspace.id))
  if (person === undefined) throw new ApiError(404, 'not_found', 'No profile has this id or identifier.')
  return person
}

/** @returns empty: there is nobody */
async function readFragments(
  { database, rules }: ProfileApi,
  workspace: Workspace,
  id: string,
): Promise<readonly Fragment[]> {
  const colon = id.indexOf(':')
  if (colon < 0) {
    const fragment = readProfileId(id, workspace.profileIdKey)
    return fragment === undefined ? [] : findPersonByFragment(database, workspace.id, fragment)
  }
  const namespace = id.slice(0, colon)
  const value = normalizeIdentifier(namespace, id.slice(colon + 1), rules(workspace.id).country)
  if (value === undefined || value.includes('\u0000') || namespace.includes('\u0000')) return []
  return findPersonByIdentifier(database, workspace.id, { namespace, value })
}
