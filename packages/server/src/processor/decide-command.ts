import type { AudiencePart } from '@affluent/core/audience/membership-evaluator'
import { MembershipEvaluator } from '@affluent/core/audience/membership-evaluator'
import { Router } from '@affluent/core/delivery/router'
import { IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { Rejection } from '@affluent/protocol/codes'
import type { AudienceInput } from '../audiences/audience-input.ts'
import { describeEvaluationDue } from '../audiences/audience-store.ts'
import { AUDIENCE_COMMANDS } from '../audiences/decide-command.ts'
import { DELIVERY_COMMANDS } from '../delivery/decide-command.ts'
import type { DeliveryInput } from '../delivery/delivery-input.ts'
import { IDENTITY_COMMANDS } from '../identity/decide-command.ts'
import { takeIdentityPart } from '../identity/identity-part.ts'
import type { Statement } from '../platform/database/statement.ts'
import type { DeliveryPart, IdentityPart } from '../platform/processing/batch-decision.ts'
import type {
  CommandInput,
  CommandOutcome,
  CommandResult,
  CommandTable,
} from '../platform/processing/command-decision.ts'
import { WORKSPACE_COMMANDS, type WorkspaceInput } from '../workspaces/decide-workspace.ts'
import { asCommand, type Command } from './command.ts'

/** All that a command changes, to be saved in one transaction. */
export interface CommandDecision {
  readonly position: number
  readonly identity: IdentityPart
  readonly audiences: AudiencePart
  readonly delivery: DeliveryPart
  /** the workspace's time after it, milliseconds since the epoch */
  readonly clock: number
  /** the identity rules in force from now on; undefined: as before */
  readonly rules: IdentityRules | undefined
  /** what else is saved with it */
  readonly statements: readonly Statement[]
  /** whether a snapshot of settings is another one from now on */
  readonly changesSettings: boolean
  /** how far the backfill under way has come; undefined: as before */
  readonly backfilledTo: number | undefined
  readonly result: CommandResult
}

/** What any command is decided from: the settings of every capability. */
export type AnyCommandInput = CommandInput & AudienceInput & DeliveryInput & WorkspaceInput

/** The settings of every capability as commands read them. */
export function settingsForCommands({
  audiences,
  connections,
}: Pick<AnyCommandInput, 'audiences' | 'connections'>): Pick<
  AnyCommandInput,
  'audiences' | 'connections' | 'zone' | 'countConnections'
> {
  const countConnections = (key: string) => connections.rows.filter(({ audience }) => audience === key).length
  return { audiences, connections, zone: audiences.zone, countConnections }
}

const COMMANDS: CommandTable<Command, AnyCommandInput> = {
  ...IDENTITY_COMMANDS,
  ...AUDIENCE_COMMANDS,
  ...DELIVERY_COMMANDS,
  ...WORKSPACE_COMMANDS,
}

/** The kinds of command that this version decides. */
export const COMMAND_KINDS: readonly string[] = Object.keys(COMMANDS)

/**
 * Decides one command: its capability decides, then whoever is another person is asked, then what is live is routed.
 */
export async function decideCommand(input: AnyCommandInput): Promise<CommandDecision> {
  const command = asCommand(input.run.command)
  const decide = COMMANDS[command.kind] as (
    input: AnyCommandInput,
    command: Command,
  ) => CommandOutcome | Promise<CommandOutcome>
  const outcome = await decide(input, command)
  const { graph, rules, statements = [], result = DONE, backfilledTo } = outcome
  const audiences =
    graph !== undefined && outcome.isRegrouped === true
      ? evaluateRegrouped(input, graph)
      : (outcome.audiences ?? NO_MEMBERSHIPS)
  const routed =
    graph !== undefined && outcome.isLive === true
      ? routeMemberships(input, graph, audiences)
      : { deliveries: [], nextDelivery: input.nextDelivery }
  return {
    position: input.run.first,
    identity: takeIdentityPart(graph ?? new IdentityGraph(input.rules, input.counters)),
    audiences,
    delivery: outcome.delivery ?? routed,
    clock: outcome.clock ?? Math.max(input.clock, command.at),
    rules,
    statements:
      outcome.evaluatesEveryone === true
        ? [...statements, describeEvaluationDue(input.workspace)]
        : statements,
    changesSettings: outcome.changesSettings ?? false,
    backfilledTo,
    result: result.kind === 'regrouped' ? { ...result, memberships: audiences.memberships } : result,
  }
}

/** A command that could not be carried out in several tries: the processor goes on without it. */
export function giveUpCommand({
  run,
  rules,
  counters,
  clock,
  nextDelivery,
}: Pick<CommandInput, 'run' | 'rules' | 'counters' | 'clock' | 'nextDelivery'>): CommandDecision {
  return {
    position: run.first,
    identity: takeIdentityPart(new IdentityGraph(rules, counters)),
    audiences: NO_MEMBERSHIPS,
    delivery: { deliveries: [], nextDelivery },
    clock: Math.max(clock, run.command.at),
    rules: undefined,
    statements: [],
    changesSettings: false,
    backfilledTo: undefined,
    result: { kind: 'void', reason: GIVEN_UP },
  }
}

/** Whoever is another person now is asked everything anew. */
function evaluateRegrouped(
  { audiences, takeCold, clock, run }: AnyCommandInput,
  graph: IdentityGraph,
): AudiencePart {
  const evaluator = new MembershipEvaluator(graph, audiences.catalog, clock, takeCold())
  evaluator.advance(run.command.at)
  const { changedFragments, moved } = graph.changes
  const profiles = new Set([...changedFragments, ...moved].map(({ profile }) => profile))
  for (const profile of profiles) evaluator.evaluate(profile, run.first)
  return evaluator.take()
}

/** What time itself has changed acts as if it were an event. */
function routeMemberships(
  { routing, nextDelivery }: AnyCommandInput,
  graph: IdentityGraph,
  { memberships }: AudiencePart,
): DeliveryPart {
  const router = new Router(routing, graph, nextDelivery)
  router.routeMemberships(memberships)
  return router.take()
}

const DONE: CommandResult = { kind: 'done' }
const NO_MEMBERSHIPS: AudiencePart = { memberships: [], timers: [], cold: [] }

const GIVEN_UP: Rejection = {
  code: 'processing_failed',
  message: 'This could not be carried out in several tries; the log of the server says why.',
}
