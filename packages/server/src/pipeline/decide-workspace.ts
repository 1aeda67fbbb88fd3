import type { IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import { findRespellings, respellIdentifiers } from '@affluent/core/identity/respell-identifiers'
import { RESPELL_IDENTIFIERS_MAX } from '@affluent/protocol/limits'
import type { Statement } from '../database/statement.ts'
import { findRespellingPass, listIdentifiersOfPass, type RespellingPass } from '../stores/identity-store.ts'
import type { ChangeWorkspace, RespellIdentifiers } from './command.ts'
import type { CommandInput } from './decide-command.ts'

/** A part of the pass over stored identifiers. */
export interface RespelledPart {
  readonly graph: IdentityGraph
  readonly statements: readonly Statement[]
}

/** Where the workspace is at home from now on. */
export interface ChangedWorkspace extends RespelledPart {
  readonly rules: IdentityRules
}

/**
 * Decides a change of the workspace. Another country gives telephone numbers other forms: the stored ones take them, the first part at once.
 */
export async function decideChangeWorkspace(
  input: CommandInput,
  { name, zone, currency, country }: ChangeWorkspace,
): Promise<ChangedWorkspace> {
  const { workspace, counters, audiences } = input
  const rules = { ...input.rules, country }
  const statements: Statement[] = [
    {
      kind: 'query',
      text: 'update workspace set name = $2, zone = $3, currency = $4, country = $5 where id = $1',
      values: [workspace, name, zone, currency, country],
    },
  ]
  // windows that follow the calendar begin and end at other moments
  if (zone !== audiences.zone) statements.push(describeReviewDue(workspace))
  const before = await findRespellingPass(input.database, workspace)
  const pass =
    country === input.rules.country
      ? undefined
      : { namespace: before?.namespace === null ? null : 'phone', after: 0, until: counters.identifier - 1 }
  if (pass === undefined)
    return { graph: await input.graphs.load({ identifiers: [] }, rules, counters), rules, statements }
  const part = await respellPart({ ...input, rules }, pass)
  return { graph: part.graph, rules, statements: [...statements, ...part.statements] }
}

/**
 * Decides a part of the pass.
 * @returns undefined when the part came twice, or no pass is under way
 */
export async function decideRespelling(
  input: CommandInput,
  { after }: RespellIdentifiers,
): Promise<RespelledPart | undefined> {
  const pass = await findRespellingPass(input.database, input.workspace)
  return pass?.after === after ? respellPart(input, pass) : undefined
}

/** Whoever is in an audience is asked anew. */
export function describeReviewDue(workspace: number): Statement {
  return {
    kind: 'query',
    text: 'update walk set review_due = true where workspace_id = $1',
    values: [workspace],
  }
}

async function respellPart(
  { run, workspace, database, graphs, rules, counters }: CommandInput,
  pass: RespellingPass,
): Promise<RespelledPart> {
  const identifiers = await listIdentifiersOfPass(database, workspace, pass, RESPELL_IDENTIFIERS_MAX)
  const respellings = findRespellings(identifiers, rules.country)
  const spelled = respellings.flatMap(({ old, form }) => [old, form])
  const graph = await graphs.load({ identifiers: spelled }, rules, counters)
  respellIdentifiers(graph, respellings, { position: run.first, time: run.command.at })
  const last = identifiers.length < RESPELL_IDENTIFIERS_MAX ? undefined : identifiers.at(-1)?.id
  return {
    graph,
    statements: [describePass(workspace, last === undefined ? undefined : { ...pass, after: last })],
  }
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
