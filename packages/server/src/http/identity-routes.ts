import { checkEvent } from '@affluent/core/event/check-event'
import { scanJson } from '@affluent/core/event/scan-json'
import { explainDecision } from '@affluent/core/identity/ledger'
import { DEFAULT_IDENTITY_RULES, type IdentityRules } from '@affluent/core/identity/namespaces'
import { simulate } from '@affluent/core/identity/simulate'
import { identityRulesAnswer, identityRulesBody, simulateAnswer, simulateBody } from '@affluent/protocol/api'
import type { JsonObject } from '@affluent/protocol/event'
import type { Infer } from '@affluent/protocol/schema'
import type { FastifyInstance } from 'fastify'
import { type ApiOptions, ERRORS, SECURITY, typed, waitFor } from './api-context.ts'

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
    handler: async (request) => ({ rules: options.rules(request.workspace.id) }),
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
    handler: async (request, reply) => {
      const { workspace, body } = request
      const rules = withRules(DEFAULT_IDENTITY_RULES, body)
      const { position } = await options.command(workspace.id, {
        kind: 'set_identity_rules',
        at: options.now(),
        rules,
      })
      await waitFor(options, workspace.id, position, 'walked')
      reply.header('affluent-position', position)
      return { rules: options.rules(workspace.id) }
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
    handler: async (request) =>
      answerSimulation(request.body, options.rules(request.workspace.id), options.now()),
  })
}

function answerSimulation(body: Infer<typeof simulateBody>, rules: IdentityRules, now: number) {
  const rejected: { index: number; code: string; message: string }[] = []
  const indexes: number[] = []
  const checked = body.events.flatMap((event, index) => {
    const scan = scanJson(Buffer.from(JSON.stringify(event), 'utf8'))
    if (scan.kind === 'too_deep') {
      rejected.push({ index, code: 'too_deep', message: 'This event is nested too deeply.' })
      return []
    }
    const request = { receivedAt: now, sentAt: undefined, shared: undefined }
    const check = checkEvent(event as JsonObject, scan.whole, request, undefined)
    if (check.kind === 'refused') {
      rejected.push({ index, code: check.refusal.code, message: check.refusal.message })
      return []
    }
    indexes.push(index)
    return [check.event]
  })
  const { profiles, ledger, identifiers } = simulate(withRules(rules, body.rules), checked)
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

function withRules(
  rules: IdentityRules,
  changes: Infer<typeof identityRulesBody> | undefined,
): IdentityRules {
  return {
    ...rules,
    namespaces: { ...rules.namespaces, ...changes?.namespaces },
    otherwise: changes?.otherwise ?? rules.otherwise,
  }
}
