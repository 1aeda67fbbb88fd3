import { checkEvent } from '@affluent/core/event/check-event'
import { scanEvent } from '@affluent/core/event/scan-json'
import { changeRules } from '@affluent/core/identity/change-rules'
import { explainDecision } from '@affluent/core/identity/ledger'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { simulate } from '@affluent/core/identity/simulate'
import type { Rejection } from '@affluent/protocol/codes'
import type { EndpointBody } from '@affluent/protocol/endpoint'
import * as api from '@affluent/protocol/endpoints/identity'
import type { JsonObject } from '@affluent/protocol/event'
import type { FastifyInstance } from 'fastify'
import { identityRulesOf, readEdit } from '../platform/database/edit-store.ts'
import { type ApiOptions, waitFor } from '../platform/http/api-context.ts'
import { ApiError } from '../platform/http/api-error.ts'
import { countEdit, describeEdit } from '../platform/http/count-edit.ts'
import { serve } from '../platform/http/serve.ts'
import type { SetIdentityRules } from './command.ts'

/** Identity rules: in force, changed, and tried out. */
export function registerIdentity(app: FastifyInstance, options: ApiOptions): void {
  serve(app, api.getIdentityRules, ({ workspace }) => describeRules(options, workspace.id))

  serve(app, api.updateIdentityRules, async (request, reply) => {
    const { workspace, body } = request
    await countEdit(options, request, identityRulesOf(workspace.id))
    const command: SetIdentityRules = { kind: 'set_identity_rules', at: options.now(), change: body }
    const { position, result } = await options.command(workspace.id, command)
    await waitFor(options, workspace.id, position, 'processed')
    reply.header('affluent-position', position)
    const applied = await result()
    if (applied?.kind === 'void') throw errorOf(applied.reason)
    return describeRules(options, workspace.id)
  })

  serve(app, api.simulateIdentity, async (request) =>
    answerSimulation(request.body, options.rules(request.workspace.id), options.now()),
  )
}

async function describeRules({ database, rules }: ApiOptions, workspace: number) {
  const edit = await readEdit(database, identityRulesOf(workspace))
  return { rules: rules(workspace), ...describeEdit(edit) }
}

function answerSimulation(
  body: EndpointBody<typeof api.simulateIdentity>,
  rules: IdentityRules,
  now: number,
) {
  const rejected: { index: number; code: string; message: string }[] = []
  const indexes: number[] = []
  const checked = body.events.flatMap((event, index) => {
    const scanned = scanEvent(Buffer.from(JSON.stringify(event), 'utf8'))
    const request = { receivedAt: now, sentAt: undefined, shared: undefined }
    const check = checkEvent(event as JsonObject, scanned, request, undefined)
    if (check.kind === 'refused') {
      rejected.push({ index, code: check.rejection.code, message: check.rejection.message })
      return []
    }
    indexes.push(index)
    return [check.event]
  })
  const { profiles, ledger, identifiers } = simulate(changeRules(rules, body.rules ?? {}), checked, now)
  return {
    profiles: profiles.map((profile) => ({
      ...profile,
      identifiers: [...profile.identifiers],
      events: profile.events.map((index) => indexes[index] as number),
    })),
    ledger: ledger.map((entry) => ({
      at: new Date(entry.time).toISOString(),
      kind: entry.kind,
      identifiers: entry.identifiers.flatMap((id) => {
        const identifier = identifiers.get(id)
        return identifier === undefined ? [] : [{ namespace: identifier.namespace, value: identifier.value }]
      }),
      reason: explainDecision(entry.kind, entry.rule),
      rule: entry.rule,
      event: indexes[entry.position] as number,
    })),
    rejected,
  }
}

function errorOf({ code, message, path }: Rejection): ApiError {
  return new ApiError(409, code, message, path === undefined ? {} : { path })
}
