import type { CompiledLeaf } from '../condition/compile-condition.ts'
import { type Fragment, joinStates } from '../profile/fragment.ts'
import { arm, armedFor, hasRung, slicesDueAt, wakeSlices } from '../profile/schedule.ts'
import { dropUnknownSeries } from '../series/series-slice.ts'
import type { AudienceCatalog, CompiledVersion } from './audience-catalog.ts'
import {
  addMembership,
  memberSince,
  membershipsOf,
  removeMembership,
  setMemberships,
} from './memberships-slice.ts'
import type { Person } from './person.ts'

/** A profile that entered or left a version of an audience. */
export interface MembershipStep {
  readonly version: number
  readonly profile: number
  readonly entered: boolean
  /** since when it is so, milliseconds since the epoch */
  readonly time: number
}

/** What an evaluation found. */
export interface Evaluation {
  readonly steps: readonly MembershipStep[]
  /** a moment, milliseconds since the epoch, for which the profile must be armed anew */
  readonly arm: number | undefined
  /** fragments whose state is another one now */
  readonly changed: readonly Fragment[]
}

const NOTHING: Evaluation = { steps: [], arm: undefined, changed: [] }

/**
 * Lets what lay ahead of a person take effect, asks versions about it, writes the answers into the fragment that stands
 * for the profile, and says what changed and when to ask again.
 * @param which indexes of the versions that an event has touched; `all` when the person itself has changed. A person
 * whose moment has come is asked everything.
 * @param now the workspace's time, milliseconds since the epoch
 * @param leaves whose moment to be asked again may have changed, though their answers have not
 */
export function evaluateMemberships(
  catalog: AudienceCatalog,
  person: Person,
  which: ReadonlySet<number> | 'all',
  now: number,
  leaves: readonly CompiledLeaf[] = [],
): Evaluation {
  const { canonical, members } = person
  const { state } = canonical
  const woken = wakeSlices(members, now)
  if (which === 'all' || woken.length > 0 || hasRung(state, now))
    return evaluateAll(catalog, person, now, woken)
  const wakes = slicesDueAt(members)
  if (which.size === 0 && leaves.length === 0 && wakes === Number.POSITIVE_INFINITY) return NOTHING
  const { memberships } = state
  const steps: MembershipStep[] = []
  const asked = answersOf(catalog).begin(person, now)
  for (const index of which) {
    const version = catalog.versions[index] as CompiledVersion
    if (version.isInactive) continue
    const holds = asked.ask(version)
    if (holds === (memberSince(memberships, version.id) !== undefined)) continue
    const time = holds ? (memberSince(memberships, version.follows) ?? now) : now
    if (holds) addMembership(memberships, version.id, time)
    else removeMembership(memberships, version.id)
    steps.push({ version: version.id, profile: person.profile, entered: holds, time })
  }
  const turn = asked.nextTurn(Math.min(wakes, armedFor(state, now)), leaves)
  const timer = arm(state, turn, now)
  const changed = steps.length > 0 || timer !== undefined ? [canonical] : []
  return { steps, arm: timer, changed }
}

function evaluateAll(
  catalog: AudienceCatalog,
  person: Person,
  now: number,
  woken: readonly Fragment[],
): Evaluation {
  const { canonical, members, profile } = person
  const { state } = canonical
  const steps: MembershipStep[] = []
  const changed = new Set<Fragment>(woken)
  const before = membershipsOf(state.memberships)
  const inherited = joinMerged(catalog, person, now, steps, changed)
  const asked = answersOf(catalog).begin(person, now)
  const after: number[] = []
  for (const version of catalog.versions) {
    if (version.isInactive) continue
    const holds = asked.ask(version)
    const since = before.get(version.id)
    if (holds) {
      const time = since ?? inherited.get(version.id) ?? before.get(version.follows) ?? now
      after.push(version.id, time)
      if (since === undefined) steps.push({ version: version.id, profile, entered: true, time })
    } else if (since !== undefined) {
      steps.push({ version: version.id, profile, entered: false, time: now })
    }
  }
  if (steps.length > 0 || after.length !== before.size * 2) changed.add(canonical)
  setMemberships(state.memberships, after)
  for (const member of members)
    if (dropUnknownSeries(member.state.series, catalog.series)) changed.add(member)
  const armed = state.armed
  const turn = asked.nextTurn(Math.min(slicesDueAt(members), armedFor(state, now)))
  const timer = arm(state, turn, now)
  if (state.armed !== armed) changed.add(canonical)
  return { steps, arm: timer, changed: [...changed] }
}

/**
 * A profile that was merged into this one is in no audience any more: its memberships end, and this one's may go on
 * from theirs.
 * @returns since when the earliest of the merged profiles was in a version, by version
 */
function joinMerged(
  catalog: AudienceCatalog,
  { canonical, members }: Person,
  now: number,
  steps: MembershipStep[],
  changed: Set<Fragment>,
): Map<number, number> {
  const inherited = new Map<number, number>()
  for (const member of members) {
    if (member === canonical) continue
    for (const [version, since] of membershipsOf(member.state.memberships)) {
      inherited.set(version, Math.min(inherited.get(version) ?? since, since))
      if (catalog.version(version) !== undefined)
        steps.push({ version, profile: member.id, entered: false, time: now })
    }
    if (joinStates(canonical.state, member.state)) changed.add(member)
  }
  return inherited
}

const answers = new WeakMap<AudienceCatalog, Answers>()

function answersOf(catalog: AudienceCatalog): Answers {
  let known = answers.get(catalog)
  if (known === undefined) answers.set(catalog, (known = new Answers(catalog.leaves)))
  return known
}

/**
 * The answers of one evaluation: each leaf is asked once. Evaluations follow each other, so that they share the memory.
 */
class Answers {
  /** the evaluation that last asked a leaf, by its index */
  readonly #askedIn: Uint32Array
  readonly #held: Uint8Array
  #leaves: CompiledLeaf[] = []
  #evaluation = 0
  #person: Person | undefined
  #now = 0

  constructor(leaves: number) {
    this.#askedIn = new Uint32Array(leaves)
    this.#held = new Uint8Array(leaves)
  }

  begin(person: Person, now: number): this {
    if (++this.#evaluation === 2 ** 32) {
      this.#askedIn.fill(0)
      this.#evaluation = 1
    }
    this.#leaves = []
    this.#person = person
    this.#now = now
    return this
  }

  ask(version: CompiledVersion): boolean {
    return version.compiled.evaluate(this.#holds)
  }

  readonly #holds = (leaf: CompiledLeaf): boolean => {
    if (this.#askedIn[leaf.index] === this.#evaluation) return this.#held[leaf.index] === 1
    const holds = leaf.holds(this.#person as Person, this.#now)
    this.#askedIn[leaf.index] = this.#evaluation
    this.#held[leaf.index] = holds ? 1 : 0
    this.#leaves.push(leaf)
    return holds
  }

  /**
   * When the first of the leaves that decided may turn. A leaf that was not asked, since others had decided, cannot
   * change an answer before one of those turns.
   * @param before a moment that is waited for anyway
   * @param others leaves beside those that were asked
   */
  nextTurn(before: number, others: readonly CompiledLeaf[] = []): number {
    let earliest = before
    for (const leaves of [this.#leaves, others])
      for (const leaf of leaves)
        earliest = Math.min(earliest, leaf.turnsAt(this.#person as Person, this.#now, earliest))
    return earliest
  }
}
