import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { findRespellings, respellIdentifiers } from '@affluent/core/identity/respell-identifiers'
import {
  beginRespelling,
  passedRespelling,
  type RespellingPass,
} from '@affluent/core/identity/respelling-pass'
import { RESPELL_IDENTIFIERS_MAX } from '@affluent/protocol/limits'
import type { Statement } from '../platform/database/statement.ts'
import {
  type CommandInput,
  type CommandOutcome,
  NO_OUTCOME,
} from '../platform/processing/command-decision.ts'
import type { RespellIdentifiers } from './command.ts'
import { findRespellingPass, listIdentifiersOfPass } from './identity-store.ts'

/**
 * Begins a pass over the stored telephone numbers when the workspace has another country: they take the form that they
 * have there, the first part at once.
 * @param rules those of before; their country is the one of before
 */
export async function decideCountry(input: CommandInput, country: string | null): Promise<CommandOutcome> {
  const { counters } = input
  const rules: IdentityRules = { ...input.rules, country }
  if (country === input.rules.country) return { rules }
  const before = await findRespellingPass(input.database, input.workspace)
  const part = await respellPart({ ...input, rules }, beginRespelling(before, counters.identifier - 1))
  return { ...part, rules }
}

/** Decides a part of the pass; one that came twice, or of no pass, changes nothing. */
export async function decideRespelling(
  input: CommandInput,
  { after }: RespellIdentifiers,
): Promise<CommandOutcome> {
  const pass = await findRespellingPass(input.database, input.workspace)
  return pass?.after === after ? respellPart(input, pass) : NO_OUTCOME
}

async function respellPart(
  { run, workspace, database, graphs, rules, counters }: CommandInput,
  pass: RespellingPass,
): Promise<CommandOutcome> {
  const identifiers = await listIdentifiersOfPass(database, workspace, pass, RESPELL_IDENTIFIERS_MAX)
  const respellings = findRespellings(identifiers, rules.country)
  const spelled = respellings.flatMap(({ old, form }) => [old, form])
  const graph = await graphs.load({ identifiers: spelled }, rules, counters)
  respellIdentifiers(graph, respellings, { position: run.first, time: run.command.at })
  const passed = passedRespelling(
    pass,
    identifiers.map(({ id }) => id),
  )
  return { graph, isRegrouped: true, statements: [describePass(workspace, passed)] }
}

function describePass(workspace: number, pass: RespellingPass | undefined): Statement {
  if (pass === undefined) {
    return { kind: 'query', text: 'delete from respelling where workspace_id = $1', values: [workspace] }
  }
  return {
    kind: 'query',
    text: `insert into respelling (workspace_id, namespace, after, until) values ($1, $2, $3, $4)
           on conflict (workspace_id) do update set namespace = excluded.namespace, after = excluded.after, until = excluded.until`,
    values: [workspace, pass.namespace, pass.after, pass.until],
  }
}
