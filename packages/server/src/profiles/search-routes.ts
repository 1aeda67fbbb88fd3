import { besideTitle } from '@affluent/core/identity/beside-title'
import { formatProfileId, readProfileId } from '@affluent/core/profile/profile-id'
import type { FoundProfile } from '@affluent/protocol/endpoints/profiles'
import * as api from '@affluent/protocol/endpoints/profiles'
import type { FastifyInstance } from 'fastify'
import { isoSpan } from '../identity/contract.ts'
import { type ApiOptions, readsFor } from '../platform/http/api-context.ts'
import { readLimit } from '../platform/http/read-query.ts'
import { serve } from '../platform/http/serve.ts'
import type { Workspace } from '../platform/workspace/registry.ts'
import { type FoundPerson, listNewestPeople, searchPeople } from './people-search.ts'
import { viewPeople } from './people-view.ts'

/** Profiles by what somebody knows of them. */
export function registerSearch(app: FastifyInstance, options: ApiOptions): void {
  const { database } = options
  serve(app, api.searchProfiles, async (request, reply) => {
    const { workspace } = request
    const limit = readLimit(request.query.limit)
    const rules = options.rules(workspace.id)
    const text = (request.query.search ?? '').replaceAll('\u0000', '')
    if (text === '') {
      const newest = await listNewestPeople(database, workspace.id, limit, rules)
      return { profiles: newest.map((found) => describe(found, workspace, options.now())) }
    }
    const byId = await findById(options, workspace, text)
    if (byId !== undefined) return { profiles: [byId] }
    const found = await searchPeople(
      { database, reads: readsFor(options, request, reply) },
      workspace.id,
      { text, limit, isExact: !request.sight.maySearch },
      rules,
    )
    return { profiles: found.map((each) => describe(each, workspace, options.now())) }
  })
}

async function findById(
  options: ApiOptions,
  workspace: Workspace,
  text: string,
): Promise<FoundProfile | undefined> {
  const fragment = readProfileId(text, workspace.profileIdKey)
  if (fragment === undefined) return undefined
  const people = await viewPeople(options.database, workspace.id, [fragment], options.rules(workspace.id))
  const person = people.get(fragment)
  if (person === undefined) return undefined
  return {
    ...describe({ person, match: undefined }, workspace, options.now()),
    match: { namespace: 'profile_id', value: text },
  }
}

function describe({ person, match }: FoundPerson, { profileIdKey }: Workspace, asOf: number): FoundProfile {
  const { folded } = person
  const id = formatProfileId(folded.profile, profileIdKey)
  const title = person.title || id
  return {
    id,
    kind: folded.kind,
    title,
    match: match === undefined ? { namespace: 'name', value: title } : { ...match },
    beside: besideTitle(title, (name) => folded.traits.get(name)?.value, person.identifiers),
    lastSeen: isoSpan(folded.firstSeen, folded.lastSeen, asOf).lastSeen,
  }
}
