import { forceLink } from '@affluent/core/identity/force-link'
import { type Counters, IdentityGraph, type KnownIdentifier } from '@affluent/core/identity/identity-graph'
import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { IdentityRules } from '@affluent/core/identity/namespaces'
import type { Regrouping } from '@affluent/core/identity/regrouping'
import { setCannotLink } from '@affluent/core/identity/set-cannot-link'
import { type DecisionPlace, type Merge, mergesCausedBy, unmerge } from '@affluent/core/identity/unmerge'
import type { Refusal } from '@affluent/protocol/codes'
import type { Identifier } from '@affluent/protocol/event'
import { FRAGMENT_CANNOT_LINKS_MAX } from '@affluent/protocol/limits'
import { unreachable } from '@affluent/protocol/unreachable'
import type { Statement } from '../database/statement.ts'
import type { Audiences } from '../stores/audience-store.ts'
import { findMerge, findMerges, type Reader } from '../stores/identity-store.ts'
import type { CommandRun, ForceLink, SetCannotLink, SweepPart, Unmerge } from './command.ts'
import { type AudienceEffect, decideDeleteAudience, decidePutAudience } from './decide-audience.ts'
import { decideColdAnswers } from './decide-cold-answers.ts'
import { decideStartSweep, decideSweepLanded, decideSweepLive, decideSweepPart } from './decide-sweep.ts'
import { decideTick } from './decide-tick.ts'
import { type GraphDecision, takeGraphDecision } from './graph-decision.ts'
import { type MembershipChange, PeopleReview, type ReviewDecision } from './people-review.ts'
import type { GraphLoader } from './resolve.ts'

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
  /** whether audiences, versions, series or the sweep are others from now on */
  readonly changesAudiences: boolean
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
  /** the workspace's time before, milliseconds since the epoch */
  readonly clock: number
}

/** Decides one command: what it needs is loaded, the decision itself is made by `core`. */
export async function decideCommand(input: CommandInput): Promise<CommandDecision> {
  const { command } = input.run
  switch (command.kind) {
    case 'set_identity_rules':
      return {
        ...decideNothing(input, { kind: 'done' }),
        rules: command.rules,
        statements: [describeReviewDue(input.workspace)],
        changesAudiences: true,
      }
    case 'unmerge':
      return decideUnmerge(input, command)
    case 'set_cannot_link':
      return decideCannotLink(input, command)
    case 'force_link':
      return decideForceLink(input, command)
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
    case 'cold_answers': {
      const { graph, review, statements } = await decideColdAnswers(input, command)
      return {
        ...decideNothing(input, { kind: 'done' }),
        ...takeGraphDecision(graph),
        ...review.take(),
        statements,
      }
    }
    case 'tick': {
      const { graph, review, statements } = await decideTick(input)
      return {
        ...decideNothing(input, { kind: 'done' }),
        ...takeGraphDecision(graph),
        ...review.take(),
        statements,
      }
    }
    default:
      return unreachable(command)
  }
}

/** A command that could not be carried out in several tries: the walk goes on without it. */
export function giveUpCommand(input: NothingInput): CommandDecision {
  return decideNothing(input, { kind: 'void', reason: GIVEN_UP })
}

async function decideUnmerge(input: CommandInput, command: Unmerge): Promise<CommandDecision> {
  return 'ledger' in command
    ? decideUnmergeOf(input, command.ledger)
    : decideUnmergeBy(input, command.identifier)
}

/** Undoes one merge. */
async function decideUnmergeOf(input: CommandInput, ledger: number): Promise<CommandDecision> {
  const { database, workspace, graphs, rules, counters } = input
  const found = await findMerge(database, workspace, ledger)
  if (found === undefined) return decideVoid(input, NO_ENTRY)
  if (found.kind !== 'merged') return decideVoid(input, NOT_A_MERGE)
  if (found.fragment === null) return decideVoid(input, ALREADY_UNMERGED)
  const graph = await graphs.load({ identifiers: [], fragments: [found.fragment] }, rules, counters)
  const merges = await mergesOf(input, graph, [found.fragment])
  const cut = merges.filter((merge) => merge.ledger === ledger)
  return decided(input, graph, unmerge(graph, merges, cut, placeOf(input.run)))
}

/** Undoes what one identifier joined. */
async function decideUnmergeBy(input: CommandInput, identifier: Identifier): Promise<CommandDecision> {
  const { graphs, rules, counters } = input
  const keyed = keyIdentifier(identifier.namespace, identifier.value)
  const graph = await graphs.load({ identifiers: [keyed] }, rules, counters)
  const known = graph.find(keyed)
  if (known === undefined || known.owner === 0) return decideVoid(input, noProfile('identifier'))
  const merges = await mergesOf(input, graph, [known.owner])
  const cut = mergesCausedBy(merges, known.id)
  if (cut.length === 0) return decideVoid(input, NO_MERGES)
  return decided(input, graph, unmerge(graph, merges, cut, placeOf(input.run)))
}

async function decideCannotLink(input: CommandInput, command: SetCannotLink): Promise<CommandDecision> {
  const pair = await loadPair(input, command)
  if ('code' in pair) return decideVoid(input, pair)
  return decided(input, pair.graph, setCannotLink(pair.graph, pair, pair.merges, placeOf(input.run)))
}

async function decideForceLink(input: CommandInput, command: ForceLink): Promise<CommandDecision> {
  const pair = await loadPair(input, command)
  if ('code' in pair) return decideVoid(input, pair)
  return decided(input, pair.graph, forceLink(pair.graph, pair, pair.merges, placeOf(input.run)))
}

interface LoadedPair {
  readonly graph: IdentityGraph
  readonly a: KnownIdentifier
  readonly b: KnownIdentifier
  /** all active merges of their profiles */
  readonly merges: readonly Merge[]
}

async function loadPair(
  input: CommandInput,
  command: SetCannotLink | ForceLink,
): Promise<LoadedPair | Refusal> {
  const { graphs, rules, counters } = input
  const keys = {
    a: keyIdentifier(command.a.namespace, command.a.value),
    b: keyIdentifier(command.b.namespace, command.b.value),
  }
  const graph = await graphs.load({ identifiers: [keys.a, keys.b] }, rules, counters)
  const a = graph.find(keys.a)
  const b = graph.find(keys.b)
  if (a === undefined || a.owner === 0) return noProfile('a')
  if (b === undefined || b.owner === 0) return noProfile('b')
  return { graph, a, b, merges: await mergesOf(input, graph, [a.owner, b.owner]) }
}

/** The active merges of the profiles that fragments belong to. */
async function mergesOf(
  { database, workspace }: CommandInput,
  graph: IdentityGraph,
  fragments: readonly number[],
): Promise<Merge[]> {
  const profiles = new Set(fragments.map((id) => graph.fragment(id)?.profile ?? id))
  const members = [...profiles].flatMap((profile) => graph.component(profile))
  return findMerges(
    database,
    workspace,
    members.map(({ id }) => id),
  )
}

function placeOf({ first, command }: CommandRun): DecisionPlace {
  return { position: first, time: command.at }
}

function decided(
  input: CommandInput,
  graph: IdentityGraph,
  outcome: Regrouping | keyof typeof FORBIDDEN,
): CommandDecision {
  if (typeof outcome === 'string') return decideVoid(input, FORBIDDEN[outcome])
  const reviewed = reviewRegrouped(input, graph).take()
  const { memberships } = reviewed
  return {
    ...decideNothing(input, { kind: 'regrouped', regrouping: outcome, memberships }),
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
  if (audiences.catalog.isEmpty) return review
  const { changedFragments, moved } = graph.changes
  const profiles = new Set([...changedFragments, ...moved].map(({ profile }) => profile))
  for (const profile of profiles) review.review(profile, run.first)
  return review
}

async function decidePart(input: CommandInput, command: SweepPart): Promise<CommandDecision> {
  const part = await decideSweepPart(input, command)
  // a part that came twice, or of a sweep that has ended
  if (part === undefined) return decideNothing(input, { kind: 'done' })
  const { graph, review, statements, result, isLast, doneTo } = part
  const taken = { ...takeGraphDecision(graph), ...review.take() }
  const next = isLast ? { changesAudiences: true } : { sweptTo: doneTo }
  return { ...decideNothing(input, result), ...taken, statements, ...next }
}

function withEffect(input: CommandInput, { statements, result }: AudienceEffect): CommandDecision {
  return { ...decideNothing(input, result), statements, changesAudiences: statements.length > 0 }
}

function describeReviewDue(workspace: number): Statement {
  return {
    kind: 'query',
    text: 'update walk set review_due = true where workspace_id = $1',
    values: [workspace],
  }
}

type NothingInput = Pick<CommandInput, 'run' | 'rules' | 'counters' | 'clock'>

function decideVoid(input: CommandInput, reason: Refusal): CommandDecision {
  return decideNothing(input, { kind: 'void', reason })
}

function decideNothing(
  { run, rules, counters, clock }: NothingInput,
  result: CommandResult,
): CommandDecision {
  const untouched = new IdentityGraph(rules, counters)
  return {
    ...takeGraphDecision(untouched),
    ...{
      position: run.first,
      rules: undefined,
      statements: [],
      changesAudiences: false,
      sweptTo: undefined,
      result,
    },
    ...{ memberships: [], timers: [], cold: [], clock: Math.max(clock, run.command.at) },
  }
}

const GIVEN_UP: Refusal = {
  code: 'processing_failed',
  message: 'This could not be carried out in several tries; the log of the server says why.',
}
const NO_ENTRY: Refusal = {
  code: 'not_found',
  message: 'No entry of the ledger has this id.',
  path: 'ledgerId',
}
const NOT_A_MERGE: Refusal = {
  code: 'not_a_merge',
  message: 'This entry of the ledger is no merge; only entries of the kind "merged" can be undone.',
  path: 'ledgerId',
}
const ALREADY_UNMERGED: Refusal = {
  code: 'already_unmerged',
  message: 'This merge was undone before.',
  path: 'ledgerId',
}
const NO_MERGES: Refusal = {
  code: 'no_merges',
  message: 'This identifier has joined no profiles, or what it joined was undone before.',
  path: 'identifier',
}
const FORBIDDEN = {
  inseparable: {
    code: 'inseparable',
    message: 'Both identifiers were learnt together, so that no merge stands between them.',
    path: 'b',
  },
  fragments_max: {
    code: 'profile_too_large',
    message: 'Together they would be more fragments than one profile may have.',
    path: 'b',
  },
  cannot_links_max: {
    code: 'too_many_cannot_links',
    message: `A fragment can be parted from ${FRAGMENT_CANNOT_LINKS_MAX} others at most.`,
  },
} as const satisfies Record<string, Refusal>

function noProfile(path: string): Refusal {
  return { code: 'not_found', message: 'No profile has this identifier.', path }
}
