import { changeRules } from '@affluent/core/identity/change-rules'
import { type Counters, IdentityGraph } from '@affluent/core/identity/identity-graph'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { Regrouping } from '@affluent/core/identity/regrouping'
import type { Refusal } from '@affluent/protocol/codes'
import { IDENTITY_NAMESPACES_MAX } from '@affluent/protocol/limits'
import { unreachable } from '@affluent/protocol/unreachable'
import type { Statement } from '../database/statement.ts'
import type { Audiences } from '../stores/audience-store.ts'
import type { ConnectionSet } from '../stores/connection-store.ts'
import type { Reader } from '../stores/identity-store.ts'
import type { CommandRun, SweepPart } from './command.ts'
import { type AudienceEffect, decideDeleteAudience, decidePutAudience } from './decide-audience.ts'
import { decideColdAnswers } from './decide-cold-answers.ts'
import { decideChangeConnection, decideDeleteConnection, decidePutConnection } from './decide-connection.ts'
import { decideSendMembers } from './decide-send-members.ts'
import { decideStartSweep, decideSweepLanded, decideSweepLive, decideSweepPart } from './decide-sweep.ts'
import { decideTick } from './decide-tick.ts'
import { decideUndo, type Regrouped } from './decide-undo.ts'
import {
  type ChangedWorkspace,
  decideChangeWorkspace,
  decideRespelling,
  describeReviewDue,
  type RespelledPart,
} from './decide-workspace.ts'
import { type GraphDecision, takeGraphDecision } from './graph-decision.ts'
import { type MembershipChange, PeopleReview, type ReviewDecision } from './people-review.ts'
import type { GraphLoader } from './resolve.ts'
import { type RoutedDelivery, Router, type RoutingFacts } from './route.ts'

/** What became of a command. */
export type CommandResult =
  | { readonly kind: 'done' }
  | {
      readonly kind: 'regrouped'
      readonly regrouping: Regrouping
      readonly memberships: readonly MembershipChange[]
    }
  /** it changed nothing */
  | { readonly kind: 'void'; readonly reason: Refusal }

/** All that a command changes, to be saved in one transaction. */
export interface CommandDecision extends GraphDecision, ReviewDecision {
  readonly position: number
  /** the identity rules in force from now on; undefined: as before */
  readonly rules: IdentityRules | undefined
  /** what else is saved with it */
  readonly statements: readonly Statement[]
  /** whether audiences, versions, series, the sweep or connections are others from now on */
  readonly changesSettings: boolean
  readonly deliveries: readonly RoutedDelivery[]
  /** number of the next delivery after it */
  readonly nextDelivery: number
  /** how far the sweep under way has come; undefined: as before */
  readonly sweptTo: number | undefined
  readonly result: CommandResult
}

/** What a command is decided from: all that came before it is saved. */
export interface CommandInput {
  readonly run: CommandRun
  readonly workspace: number
  readonly database: Reader
  readonly graphs: GraphLoader
  readonly rules: IdentityRules
  readonly counters: Counters
  readonly audiences: Audiences
  readonly connections: ConnectionSet
  readonly routing: RoutingFacts
  /** number of the next delivery */
  readonly nextDelivery: number
  /** the workspace's time before, milliseconds since the epoch */
  readonly clock: number
}

/** Decides one command: what it needs is loaded, the decision itself is made by `core`. */
export async function decideCommand(input: CommandInput): Promise<CommandDecision> {
  const { command } = input.run
  switch (command.kind) {
    case 'set_identity_rules':
      return decideRules(input, changeRules(input.rules, command.change))
    case 'unmerge':
    case 'set_cannot_link':
    case 'force_link':
      return decideRegrouping(input, await decideUndo(input, command))
    case 'put_audience':
      return withEffect(input, decidePutAudience(input, command))
    case 'delete_audience':
      return withEffect(input, decideDeleteAudience(input, command))
    case 'start_sweep':
      return withEffect(input, await decideStartSweep(input))
    case 'sweep_landed':
      return withEffect(input, decideSweepLanded(input, command))
    case 'sweep_live':
      return withEffect(input, decideSweepLive(input, command))
    case 'sweep_part':
      return decidePart(input, command)
    case 'cold_answers':
      return decideLive(input, await decideColdAnswers(input, command))
    case 'tick':
      return decideLive(input, await decideTick(input))
    case 'put_connection':
      return withEffect(input, await decidePutConnection(input, command))
    case 'change_connection':
      return withEffect(input, decideChangeConnection(input, command))
    case 'delete_connection':
      return withEffect(input, decideDeleteConnection(input, command))
    case 'send_members':
      return decideMembers(input, await decideSendMembers(input, command))
    case 'change_workspace':
      return decideChanged(input, await decideChangeWorkspace(input, command))
    case 'respell_identifiers':
      return decideRespelled(input, await decideRespelling(input, command))
    case 'reread_settings':
      return { ...decideNothing(input, { kind: 'done' }), changesSettings: true }
    default:
      return unreachable(command)
  }
}

/** A command that could not be carried out in several tries: the walk goes on without it. */
export function giveUpCommand(input: NothingInput): CommandDecision {
  return decideNothing(input, { kind: 'void', reason: GIVEN_UP })
}

function decideRules(input: CommandInput, rules: IdentityRules): CommandDecision {
  if (Object.keys(rules.namespaces).length > IDENTITY_NAMESPACES_MAX)
    return decideNothing(input, { kind: 'void', reason: TOO_MANY_NAMESPACES })
  return {
    ...decideNothing(input, { kind: 'done' }),
    rules,
    statements: [describeReviewDue(input.workspace)],
    changesSettings: true,
  }
}

function decideRegrouping(input: CommandInput, undone: Regrouped | Refusal): CommandDecision {
  if ('code' in undone) return decideNothing(input, { kind: 'void', reason: undone })
  const { graph, regrouping } = undone
  const reviewed = reviewRegrouped(input, graph).take()
  const { memberships } = reviewed
  return {
    ...decideNothing(input, { kind: 'regrouped', regrouping, memberships }),
    ...takeGraphDecision(graph),
    ...reviewed,
  }
}

/** Whoever is another person now is asked everything anew. */
function reviewRegrouped(
  { audiences, graphs, clock, run }: CommandInput,
  graph: IdentityGraph,
): PeopleReview {
  const review = new PeopleReview(graph, audiences.catalog, clock, graphs.takeCold())
  review.advance(run.command.at)
  const { changedFragments, moved } = graph.changes
  const profiles = new Set([...changedFragments, ...moved].map(({ profile }) => profile))
  for (const profile of profiles) review.review(profile, run.first)
  return review
}

/** What a command decided that asks people again. */
export interface Reviewed {
  readonly graph: IdentityGraph
  readonly review: PeopleReview
  readonly statements: readonly Statement[]
}

function decideReviewed(input: CommandInput, { graph, review, statements }: Reviewed): CommandDecision {
  const taken = { ...takeGraphDecision(graph), ...review.take() }
  return { ...decideNothing(input, { kind: 'done' }), ...taken, statements }
}

/** What time itself has changed acts as if it were an event. */
function decideLive(input: CommandInput, reviewed: Reviewed): CommandDecision {
  const router = new Router(input.routing, reviewed.graph, input.nextDelivery)
  router.routeMemberships(reviewed.review.changes)
  return { ...decideReviewed(input, reviewed), ...router.take() }
}

function decideMembers(
  input: CommandInput,
  sent: { readonly router: Router; readonly statements: readonly Statement[] } | undefined,
): CommandDecision {
  const nothing = decideNothing(input, { kind: 'done' })
  if (sent === undefined) return nothing
  return { ...nothing, ...sent.router.take(), statements: sent.statements, changesSettings: true }
}

async function decidePart(input: CommandInput, command: SweepPart): Promise<CommandDecision> {
  const part = await decideSweepPart(input, command)
  // a part that came twice, or of a sweep that has ended
  if (part === undefined) return decideNothing(input, { kind: 'done' })
  const { isLast, doneTo } = part
  return { ...decideReviewed(input, part), ...(isLast ? { changesSettings: true } : { sweptTo: doneTo }) }
}

function decideChanged(input: CommandInput, changed: ChangedWorkspace): CommandDecision {
  return { ...decideRespelled(input, changed), rules: changed.rules, changesSettings: true }
}

function decideRespelled(input: CommandInput, part: RespelledPart | undefined): CommandDecision {
  // a part that came twice
  if (part === undefined) return decideNothing(input, { kind: 'done' })
  const { graph, statements } = part
  return decideReviewed(input, { graph, statements, review: reviewRegrouped(input, graph) })
}

function withEffect(input: CommandInput, { statements, result }: AudienceEffect): CommandDecision {
  return { ...decideNothing(input, result), statements, changesSettings: statements.length > 0 }
}

type NothingInput = Pick<CommandInput, 'run' | 'rules' | 'counters' | 'clock' | 'nextDelivery'>

function decideNothing(
  { run, rules, counters, clock, nextDelivery }: NothingInput,
  result: CommandResult,
): CommandDecision {
  const untouched = new IdentityGraph(rules, counters)
  return {
    ...takeGraphDecision(untouched),
    ...{
      position: run.first,
      rules: undefined,
      statements: [],
      changesSettings: false,
      deliveries: [],
      nextDelivery,
      sweptTo: undefined,
      result,
    },
    ...{ memberships: [], timers: [], cold: [], clock: Math.max(clock, run.command.at) },
  }
}

const TOO_MANY_NAMESPACES: Refusal = {
  code: 'too_many',
  message: `At most ${IDENTITY_NAMESPACES_MAX} namespaces have a rule of their own; give some the default again with null.`,
  path: 'namespaces',
}

const GIVEN_UP: Refusal = {
  code: 'processing_failed',
  message: 'This could not be carried out in several tries; the log of the server says why.',
}
