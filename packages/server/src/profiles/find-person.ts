import { normalizeIdentifier } from '@affluent/core/identity/normalize-identifier'
import { readProfileId } from '@affluent/core/profile/profile-id'
import type { FastifyRequest } from 'fastify'
import { type FoundPerson, findPersonByFragment, findPersonByIdentifier } from '../identity/contract.ts'
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

const NOBODY: FoundPerson = { fragments: [], identifiers: new Map() }

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
  let found = await readPerson(options, workspace, id)
  const fragments = await options.completeHistory(workspace.id, found.fragments, async () => {
    found = await readPerson(options, workspace, id)
    return found.fragments
  })
  const person = viewPerson({ fragments, identifiers: found.identifiers }, options.rules(workspace.id))
  if (person === undefined) throw new ApiError(404, 'not_found', 'No profile has this id or identifier.')
  return person
}

async function readPerson(
  { database, rules }: ProfileApi,
  workspace: Workspace,
  id: string,
): Promise<FoundPerson> {
  const colon = id.indexOf(':')
  if (colon < 0) {
    const fragment = readProfileId(id, workspace.profileIdKey)
    return fragment === undefined ? NOBODY : findPersonByFragment(database, workspace.id, fragment)
  }
  const namespace = id.slice(0, colon)
  const value = normalizeIdentifier(namespace, id.slice(colon + 1), rules(workspace.id).country)
  if (value === undefined || value.includes('\u0000') || namespace.includes('\u0000')) return NOBODY
  return findPersonByIdentifier(database, workspace.id, { namespace, value })
}
