import {
  anchorOfProfile,
  fragmentOfMerge,
  keepApart,
  linkTogether,
  membersOfProfiles,
  ownedIdentifier,
  undoMerge,
  undoMergesBy,
} from '@affluent/core/identity/decide-undo'
import type { IdentityGraph } from '@affluent/core/identity/identity-graph'
import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { Regrouping } from '@affluent/core/identity/regrouping'
import type { DecisionPlace, Merge } from '@affluent/core/identity/unmerge'
import type { Rejection } from '@affluent/protocol/codes'
import type { Identifier } from '@affluent/protocol/event'
import { unreachable } from '@affluent/protocol/unreachable'
import { type CommandInput, type CommandOutcome, rejected } from '../platform/processing/command-decision.ts'
import type { ForceLink, SetCannotLink, Unmerge } from './command.ts'
import { findMerge, findMerges } from './identity-store.ts'

/** Decides a reviewer's word on who is who: loads what the decision reads. */
export async function decideUndo(
  input: CommandInput,
  command: Unmerge | SetCannotLink | ForceLink,
): Promise<CommandOutcome> {
  const undone = await regroup(input, command)
  if ('code' in undone) return rejected(undone)
  const { graph, regrouping } = undone
  if ('code' in regrouping) return rejected(regrouping)
  return { graph, isRegrouped: true, result: { kind: 'regrouped', regrouping, memberships: [] } }
}

interface Regrouped {
  readonly graph: IdentityGraph
  readonly regrouping: Regrouping | Rejection
}

/** @returns why there is nothing to decide on, if so */
function regroup(
  input: CommandInput,
  command: Unmerge | SetCannotLink | ForceLink,
): Promise<Regrouped | Rejection> {
  switch (command.kind) {
    case 'unmerge':
      return 'ledger' in command
        ? regroupByMerge(input, command, command.ledger)
        : regroupByIdentifier(input, command, command.identifier)
    case 'set_cannot_link':
      return regroupPair(input, command, keepApart)
    case 'force_link':
      return 'profiles' in command
        ? linkProfiles(input, command, command.profiles)
        : regroupPair(input, command, linkTogether)
    default:
      return unreachable(command)
  }
}

/** Undoes one merge. */
async function regroupByMerge(
  input: CommandInput,
  command: Unmerge,
  ledger: number,
): Promise<Regrouped | Rejection> {
  const { database, workspace, graphs, rules, counters } = input
  const fragment = fragmentOfMerge(await findMerge(database, workspace, ledger))
  if (typeof fragment !== 'number') return fragment
  const graph = await graphs.load({ identifiers: [], fragments: [fragment] }, rules, counters)
  const merges = await mergesOf(input, graph, [fragment])
  return { graph, regrouping: undoMerge(graph, merges, ledger, placeOf(input, command)) }
}

/** Undoes what one identifier joined. */
async function regroupByIdentifier(
  input: CommandInput,
  command: Unmerge,
  identifier: Identifier,
): Promise<Regrouped | Rejection> {
  const { graphs, rules, counters } = input
  const keyed = keyIdentifier(identifier.namespace, identifier.value)
  const graph = await graphs.load({ identifiers: [keyed] }, rules, counters)
  const known = ownedIdentifier(graph, keyed, 'identifier')
  if ('code' in known) return known
  const merges = await mergesOf(input, graph, [known.owner])
  return { graph, regrouping: undoMergesBy(graph, known, merges, placeOf(input, command)) }
}

/** Decides on the profiles of two identifiers. */
async function regroupPair(
  input: CommandInput,
  command: (SetCannotLink | ForceLink) & { readonly a: Identifier; readonly b: Identifier },
  decide: typeof keepApart | typeof linkTogether,
): Promise<Regrouped | Rejection> {
  const { graphs, rules, counters } = input
  const one = keyIdentifier(command.a.namespace, command.a.value)
  const other = keyIdentifier(command.b.namespace, command.b.value)
  const graph = await graphs.load({ identifiers: [one, other] }, rules, counters)
  const a = ownedIdentifier(graph, one, 'a')
  if ('code' in a) return a
  const b = ownedIdentifier(graph, other, 'b')
  if ('code' in b) return b
  const merges = await mergesOf(input, graph, [a.owner, b.owner])
  return { graph, regrouping: decide(graph, { a, b }, merges, placeOf(input, command)) }
}

/** Makes one of two profiles. */
async function linkProfiles(
  input: CommandInput,
  command: ForceLink,
  profiles: readonly [number, number],
): Promise<Regrouped | Rejection> {
  const { graphs, rules, counters } = input
  const graph = await graphs.load({ identifiers: [], fragments: profiles }, rules, counters)
  const a = anchorOfProfile(graph, profiles[0], 'profiles.0')
  if ('code' in a) return a
  const b = anchorOfProfile(graph, profiles[1], 'profiles.1')
  if ('code' in b) return b
  const merges = await mergesOf(input, graph, [a.owner, b.owner])
  return { graph, regrouping: linkTogether(graph, { a, b }, merges, placeOf(input, command)) }
}

/** The active merges of the profiles that fragments belong to. */
function mergesOf(
  { database, workspace }: CommandInput,
  graph: IdentityGraph,
  fragments: readonly number[],
): Promise<Merge[]> {
  return findMerges(database, workspace, membersOfProfiles(graph, fragments))
}

function placeOf({ run }: CommandInput, { at, author }: Unmerge | SetCannotLink | ForceLink): DecisionPlace {
  return { position: run.first, time: at, author }
}
