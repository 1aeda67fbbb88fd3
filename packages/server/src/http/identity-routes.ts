import { checkEvent } from '@affluent/core/event/check-event'
import { scanEvent } from '@affluent/core/event/scan-json'
import { changeRules } from '@affluent/core/identity/change-rules'
import { explainDecision } from '@affluent/core/identity/ledger'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { simulate } from '@affluent/core/identity/simulate'
import { identityRulesAnswer, identityRulesBody, simulateAnswer, simulateBody } from '@affluent/protocol/api'
import type { Refusal } from '@affluent/protocol/codes'
import type { JsonObject } from '@affluent/protocol/event'
import type { Infer } from '@affluent/protocol/schema'
import type { FastifyInstance } from 'fastify'
import { identityRulesOf, readEdit } from '../stores/edit-store.ts'
import { type ApiOptions, ERRORS, SECURITY, typed, waitFor } from './api-context.ts'
import { countEdit, describeEdit } from './count-edit.ts'
import { RefusalError } from './refusal-error.ts'

/** Identity rules: in force, changed, and tried out. */
export function registerIdentity(app: FastifyInstance, options: ApiOptions): void {
  const api = typed(app)

  api.route({
    method: 'GET',
    url: '/v1/identity/rules',
    schema: {
      summary: 'The identity rules in force',
      tags: ['Identity'],
      security: SECURITY,
      response: { 200: identityRulesAnswer, ...ERRORS },
    },
    handler: ({ workspace }) => describeRules(options, workspace.id),
  })

  api.route({
    method: 'PUT',
    url: '/v1/identity/rules',
    schema: {
      summary: 'Changes the identity rules for the events that follow; what is decided stays decided',
      tags: ['Identity'],
      security: SECURITY,
      body: identityRulesBody,
      response: { 200: identityRulesAnswer, ...ERRORS },
    },
    preValidation: async ({ body }) => refuseProto(body),
    handler: async (request, reply) => {
      const { workspace, body } = request
      await countEdit(options, request, identityRulesOf(workspace.id))
      const { position, result } = await options.command(workspace.id, {
        kind: 'set_identity_rules',
        at: options.now(),
        change: body,
      })
      await waitFor(options, workspace.id, position, 'walked')
      reply.header('affluent-position', position)
      const obeyed = await result()
      if (obeyed?.kind === 'void') throw refusalOf(obeyed.reason)
      return describeRules(options, workspace.id)
    },
  })

  api.route({
    method: 'POST',
    url: '/v1/identity/simulate',
    schema: {
      summary: 'The profiles and ledger that these events would make under these rules; nothing is stored',
      tags: ['Identity'],
      security: SECURITY,
      body: simulateBody,
      response: { 200: simulateAnswer, ...ERRORS },
    },
    preValidation: async ({ body }) => refuseProto((body as { rules?: unknown } | null)?.rules),
    handler: async (request) =>
      answerSimulation(request.body, options.rules(request.workspace.id), options.now()),
  })
}

async function describeRules({ database, rules }: ApiOptions, workspace: number) {
  const edit = await readEdit(database, identityRulesOf(workspace))
  return { rules: rules(workspace), ...describeEdit(edit) }
}

function answerSimulation(body: Infer<typeof simulateBody>, rules: IdentityRules, now: number) {
  const rejected: { index: number; code: string; message: string }[] = []
  const indexes: number[] = []
  const checked = body.events.flatMap((event, index) => {
    const scanned = scanEvent(Buffer.from(JSON.stringify(event), 'utf8'))
    const request = { receivedAt: now, sentAt: undefined, shared: undefined }
    const check = checkEvent(event as JsonObject, scanned, request, undefined)
    if (check.kind === 'refused') {
      rejected.push({ index, code: check.refusal.code, message: check.refusal.message })
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

/**
 * The key that would be dropped in silence.
 * @throws RefusalError 400
 */
function refuseProto(rules: unknown): void {
  for (const [path, value] of [
    ['__proto__', rules],
    ['namespaces.__proto__', (rules as { namespaces?: unknown } | null | undefined)?.namespaces],
  ] as const) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, '__proto__')) continue
    throw new RefusalError(400, 'forbidden_key', 'The key "__proto__" is not allowed; rename it.', { path })
  }
}

function refusalOf({ code, message, path }: Refusal): RefusalError {
  return new RefusalError(409, code, message, path === undefined ? {} : { path })
}
