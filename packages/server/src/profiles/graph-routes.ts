import * as api from '@affluent/protocol/endpoints/profiles'
import type { FastifyInstance } from 'fastify'
import { ledgerReader, viewGraph } from '../identity/contract.ts'
import { readsFor } from '../platform/http/api-context.ts'
import { serve } from '../platform/http/serve.ts'
import { findPerson } from './find-person.ts'
import type { ProfileApi } from './profile-api.ts'

/** What a person is made of. */
export function registerGraph(app: FastifyInstance, options: ProfileApi): void {
  serve(app, api.getProfileGraph, async (request, reply) => {
    const { members } = await findPerson(request, options)
    const reads = readsFor(options, request, reply)
    return viewGraph(ledgerReader(options, request.workspace, reads), members, options.now())
  })
}
