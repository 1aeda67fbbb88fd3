import { forceLink, type LinkEnd } from '@affluent/core/identity/force-link'
import type { IdentityGraph, KnownIdentifier } from '@affluent/core/identity/identity-graph'
import { keyIdentifier } from '@affluent/core/identity/keyed-identifier'
import type { Regrouping } from '@affluent/core/identity/regrouping'
import { setCannotLink } from '@affluent/core/identity/set-cannot-link'
import { type DecisionPlace, type Merge, mergesCausedBy, unmerge } from '@affluent/core/identity/unmerge'
import type { Refusal } from '@affluent/protocol/codes'
import type { Identifier } from '@affluent/protocol/event'
import { FRAGMENT_CANNOT_LINKS_MAX } from '@affluent/protocol/limits'
import { unreachable } from '@affluent/protocol/unreachable'
import { findMerge, findMerges } from '../stores/identity-store.ts'
import type { ForceLink, SetCannotLink, Unmerge } from './command.ts'
import type { CommandInput } from './decide-command.ts'

/** Profiles that a reviewer's word has put together anew. */
export interface Regrouped {
  readonly graph: IdentityGraph
  readonly regrouping: Regrouping
}

/**
 * Decides a reviewer's word on who is who.
 * @returns why it changes nothing, if so
 */
export function decideUndo(
  input: CommandInput,
  command: Unmerge | SetCannotLink | ForceLink,
): Promise<Regrouped | Refusal> {
  switch (command.kind) {
    case 'unmerge':
      return 'ledger' in command
        ? decideUnmergeOf(input, command, command.ledger)
        : decideUnmergeBy(input, command, command.identifier)
    case 'set_cannot_link':
      return decideCannotLink(input, command)
    case 'force_link':
      return decideForceLink(input, command)
    default:
      return unreachable(command)
  }
}

/** Undoes one merge. */
async function decideUnmergeOf(
  input: CommandInput,
  command: Unmerge,
  ledger: number,
): Promise<Regrouped | Refusal> {
  const { database, workspace, graphs, rules, counters } = input
  const found = await findMerge(database, workspace, ledger)
  if (found === undefined) return NO_ENTRY
  if (found.kind !== 'merged') return NOT_A_MERGE
  if (found.fragment === null) return ALREADY_UNMERGED
  const graph = await graphs.load({ identifiers: [], fragments: [found.fragment] }, rules, counters)
  const merges = await mergesOf(input, graph, [found.fragment])
  const cut = merges.filter((merge) => merge.ledger === ledger)
  return regrouped(graph, unmerge(graph, merges, cut, placeOf(input, command)))
}

/** Undoes what one identifier joined. */
async function decideUnmergeBy(
  input: CommandInput,
  command: Unmerge,
  identifier: Identifier,
): Promise<Regrouped | Refusal> {
  const { graphs, rules, counters } = input
  const keyed = keyIdentifier(identifier.namespace, identifier.value)
  const graph = await graphs.load({ identifiers: [keyed] }, rules, counters)
  const known = graph.find(keyed)
  if (known === undefined || known.owner === 0) return noProfile('identifier')
  const merges = await mergesOf(input, graph, [known.owner])
  const cut = mergesCausedBy(merges, known.id)
  if (cut.length === 0) return NO_MERGES
  return regrouped(graph, unmerge(graph, merges, cut, placeOf(input, command)))
}

async function decideCannotLink(input: CommandInput, command: SetCannotLink): Promise<Regrouped | Refusal> {
  const pair = await loadPair(input, command)
  if ('code' in pair) return pair
  return regrouped(pair.graph, setCannotLink(pair.graph, pair, pair.merges, placeOf(input, command)))
}

async function decideForceLink(input: CommandInput, command: ForceLink): Promise<Regrouped | Refusal> {
  const pair =
    'profiles' in command ? await loadProfiles(input, command.profiles) : await loadPair(input, command)
  if ('code' in pair) return pair
  return regrouped(pair.graph, forceLink(pair.graph, pair, pair.merges, placeOf(input, command)))
}

interface LoadedPair<End = KnownIdentifier> {
  readonly graph: IdentityGraph
  readonly a: End
  readonly b: End
  /** all active merges of their profiles */
  readonly merges: readonly Merge[]
}

/** Two profiles, each by the fragment that stands for it and its anchor. */
async function loadProfiles(
  input: CommandInput,
  profiles: readonly [number, number],
): Promise<LoadedPair<LinkEnd> | Refusal> {
  const { graphs, rules, counters } = input
  const graph = await graphs.load({ identifiers: [], fragments: profiles }, rules, counters)
  const [a, b] = profiles.map((id) => {
    const canonical = graph.fragment(graph.fragment(id)?.profile ?? 0)
    return canonical === undefined ? undefined : { id: canonical.state.a[0], owner: canonical.id }
  })
  if (a === undefined) return noProfile('profiles.0')
  if (b === undefined) return noProfile('profiles.1')
  return { graph, a, b, merges: await mergesOf(input, graph, [a.owner, b.owner]) }
}

async function loadPair(
  input: CommandInput,
  command: { readonly a: Identifier; readonly b: Identifier },
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

function placeOf({ run }: CommandInput, { at, author }: Unmerge | SetCannotLink | ForceLink): DecisionPlace {
  return { position: run.first, time: at, author }
}

function regrouped(graph: IdentityGraph, outcome: Regrouping | keyof typeof FORBIDDEN): Regrouped | Refusal {
  return typeof outcome === 'string' ? FORBIDDEN[outcome] : { graph, regrouping: outcome }
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
  const what = path.startsWith('profiles')
    ? 'There is no profile with this id.'
    : 'No profile has this identifier.'
  return { code: 'not_found', message: what, path }
}
