import type { Rejection } from '@affluent/protocol/codes'
import { FRAGMENT_CANNOT_LINKS_MAX } from '@affluent/protocol/limits'
import { forceLink, type LinkEnd } from './force-link.ts'
import type { IdentityGraph, KnownIdentifier } from './identity-graph.ts'
import type { KeyedIdentifier } from './keyed-identifier.ts'
import type { LedgerKind } from './ledger.ts'
import type { Regrouping } from './regrouping.ts'
import { setCannotLink } from './set-cannot-link.ts'
import { type DecisionPlace, type Merge, mergesCausedBy, unmerge } from './unmerge.ts'

/** An entry of the ledger whose merge is to be undone. */
export interface LedgerMerge {
  readonly kind: LedgerKind
  /** one of the two fragments; null: its edge was cut before */
  readonly fragment: number | null
}

/**
 * The fragment by which a merge is found.
 * @param found undefined: there is no such entry
 * @returns why it cannot be undone, if so
 */
export function fragmentOfMerge(found: LedgerMerge | undefined): number | Rejection {
  if (found === undefined) return NO_ENTRY
  if (found.kind !== 'merged') return NOT_A_MERGE
  return found.fragment ?? ALREADY_UNMERGED
}

/**
 * Undoes one merge.
 * @param graph holds every fragment of the profile
 * @param merges all active merges of the profile
 * @param ledger number of the merge
 * @returns why it cannot be, if so
 */
export function undoMerge(
  graph: IdentityGraph,
  merges: readonly Merge[],
  ledger: number,
  place: DecisionPlace,
): Regrouping | Rejection {
  const cut = merges.filter((merge) => merge.ledger === ledger)
  return inWords(unmerge(graph, merges, cut, place))
}

/**
 * Undoes what one identifier joined.
 * @param graph holds every fragment of its profile
 * @param merges all active merges of that profile
 * @returns why it cannot be, if so
 */
export function undoMergesBy(
  graph: IdentityGraph,
  { id }: KnownIdentifier,
  merges: readonly Merge[],
  place: DecisionPlace,
): Regrouping | Rejection {
  const cut = mergesCausedBy(merges, id)
  return cut.length === 0 ? NO_MERGES : inWords(unmerge(graph, merges, cut, place))
}

/**
 * Keeps two identifiers apart.
 * @param merges all active merges of their profiles
 * @returns why it cannot be, if so
 */
export function keepApart(
  graph: IdentityGraph,
  pair: { readonly a: KnownIdentifier; readonly b: KnownIdentifier },
  merges: readonly Merge[],
  place: DecisionPlace,
): Regrouping | Rejection {
  return inWords(setCannotLink(graph, pair, merges, place))
}

/**
 * Makes one person of two.
 * @param merges all active merges of their profiles
 * @returns why it cannot be, if so
 */
export function linkTogether(
  graph: IdentityGraph,
  pair: { readonly a: LinkEnd; readonly b: LinkEnd },
  merges: readonly Merge[],
  place: DecisionPlace,
): Regrouping | Rejection {
  return inWords(forceLink(graph, pair, merges, place))
}

/**
 * An identifier that somebody has.
 * @param path where the request names it
 * @returns that nobody has it, if so
 */
export function ownedIdentifier(
  graph: IdentityGraph,
  identifier: KeyedIdentifier,
  path: string,
): KnownIdentifier | Rejection {
  const known = graph.find(identifier)
  if (known !== undefined && known.owner !== 0) return known
  return { code: 'not_found', message: 'No profile has this identifier.', path }
}

/**
 * A profile by the fragment that stands for it, and its anchor.
 * @param fragment any fragment of the profile
 * @param path where the request names it
 * @returns that there is none, if so
 */
export function anchorOfProfile(graph: IdentityGraph, fragment: number, path: string): LinkEnd | Rejection {
  const canonical = graph.fragment(graph.fragment(fragment)?.profile ?? 0)
  if (canonical !== undefined) return { id: canonical.state.identity.anchor[0], owner: canonical.id }
  return { code: 'not_found', message: 'There is no profile with this id.', path }
}

/**
 * Every fragment of the profiles that some fragments belong to: their merges decide.
 * @param fragments all in the graph
 */
export function membersOfProfiles(graph: IdentityGraph, fragments: readonly number[]): number[] {
  const profiles = new Set(fragments.map((id) => graph.fragment(id)?.profile ?? id))
  return [...profiles].flatMap((profile) => graph.component(profile).map(({ id }) => id))
}

function inWords(outcome: Regrouping | keyof typeof FORBIDDEN): Regrouping | Rejection {
  return typeof outcome === 'string' ? FORBIDDEN[outcome] : outcome
}

const NO_ENTRY: Rejection = {
  code: 'not_found',
  message: 'No entry of the ledger has this id.',
  path: 'ledgerId',
}
const NOT_A_MERGE: Rejection = {
  code: 'not_a_merge',
  message: 'This entry of the ledger is no merge; only entries of the kind "merged" can be undone.',
  path: 'ledgerId',
}
const ALREADY_UNMERGED: Rejection = {
  code: 'already_unmerged',
  message: 'This merge was undone before.',
  path: 'ledgerId',
}
const NO_MERGES: Rejection = {
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
} as const satisfies Record<string, Rejection>
