import { type EncodedState, type HistorySlice, UNTOUCHED_BY_TIME } from '../profile/slice.ts'

/** What ClickHouse last said of a cold leaf, with its as-of in milliseconds since the epoch. */
export type ColdAnswer = readonly [holds: 0 | 1, asOf: number]

/** Which audiences a profile is in: the slice of memberships, kept by the fragment that stands for the profile. */
export interface MembershipsState {
  /** pairs of version and since (milliseconds since the epoch), ascending by version */
  pairs: number[] | undefined
  /** by the key of the leaf */
  coldAnswers: Readonly<Record<string, ColdAnswer>> | undefined
}

/** Memberships found in the past: pairs as they are kept. */
export type FoundMemberships = readonly number[]

/** Which versions there are. */
export interface KnownVersions {
  version(id: number): unknown
}

/**
 * A merge moves memberships to the fragment that stands for the profile, each since the earliest. An un-merge moves
 * nothing: both sides are asked anew. Time acts on memberships by the answers of conditions, which the evaluation knows
 * and hands to the schedule (`evaluator.ts`), not by what is written here.
 */
export const membershipsSlice: HistorySlice<MembershipsState, FoundMemberships, KnownVersions> = {
  ...UNTOUCHED_BY_TIME,
  empty: () => ({ pairs: undefined, coldAnswers: undefined }),
  fold(states) {
    const since = new Map<number, number>()
    for (const state of states)
      for (const [version, time] of membershipsOf(state)) keepEarlier(since, version, time)
    return { pairs: pairsOf(since), coldAnswers: undefined }
  },
  join(kept, merged) {
    if (merged.pairs === undefined && merged.coldAnswers === undefined) return false
    kept.pairs = membershipsSlice.fold([kept, merged]).pairs
    merged.pairs = undefined
    merged.coldAnswers = undefined
    return true
  },
  part: () => false,
  takeHistory(state, found, known) {
    for (let at = 0; at < found.length; at += 2)
      if (known.version(found[at] as number) !== undefined)
        addMembership(state, found[at] as number, found[at + 1] as number)
  },
  encode({ pairs, coldAnswers }: MembershipsState, into: EncodedState): void {
    if (pairs !== undefined) into['m'] = pairs
    if (coldAnswers !== undefined) into['k'] = coldAnswers
  },
  decode(from: EncodedState): MembershipsState {
    const { m, k } = from as unknown as Encoded
    return { pairs: m, coldAnswers: k }
  },
}

interface Encoded {
  readonly m: number[] | undefined
  readonly k: Record<string, ColdAnswer> | undefined
}

/** Memberships by version: since when, milliseconds since the epoch. */
export function membershipsOf({ pairs }: MembershipsState): Map<number, number> {
  const memberships = new Map<number, number>()
  for (let at = 0; pairs !== undefined && at < pairs.length; at += 2)
    memberships.set(pairs[at] as number, pairs[at + 1] as number)
  return memberships
}

/** Since when a profile is in a version, milliseconds since the epoch; undefined: it is not. */
export function memberSince({ pairs }: MembershipsState, version: number): number | undefined {
  const at = placeOf(pairs, version)
  return pairs?.[at] === version ? pairs[at + 1] : undefined
}

/** A profile that is not in a version enters it. */
export function addMembership(state: MembershipsState, version: number, since: number): void {
  const at = placeOf(state.pairs, version)
  if (state.pairs?.[at] === version) return
  ;(state.pairs ??= []).splice(at, 0, version, since)
}

/** A profile that is in a version leaves it. */
export function removeMembership(state: MembershipsState, version: number): void {
  state.pairs?.splice(placeOf(state.pairs, version), 2)
  if (state.pairs?.length === 0) state.pairs = undefined
}

/** @param pairs all of them: version and since, ascending by version */
export function setMemberships(state: MembershipsState, pairs: number[]): void {
  state.pairs = pairs.length === 0 ? undefined : pairs
}

/** What ClickHouse last said of a cold leaf; undefined: nothing yet. */
export function coldAnswerIn({ coldAnswers }: MembershipsState, leaf: string): ColdAnswer | undefined {
  return coldAnswers?.[leaf]
}

/** Writes down what ClickHouse said of a cold leaf. */
export function putColdAnswer(state: MembershipsState, leaf: string, answer: ColdAnswer): void {
  state.coldAnswers = { ...state.coldAnswers, [leaf]: answer }
}

function keepEarlier(since: Map<number, number>, version: number, time: number): void {
  since.set(version, Math.min(since.get(version) ?? time, time))
}

function pairsOf(since: ReadonlyMap<number, number>): number[] | undefined {
  return since.size === 0 ? undefined : [...since].sort(([a], [b]) => a - b).flat()
}

/** Where a version stands among the memberships, or would stand. */
function placeOf(pairs: readonly number[] | undefined, version: number): number {
  let low = 0
  let high = (pairs?.length ?? 0) / 2
  while (low < high) {
    const middle = (low + high) >> 1
    if ((pairs?.[middle * 2] as number) < version) low = middle + 1
    else high = middle
  }
  return low * 2
}
