import type { AggregateLeaf, CountLeaf } from '@affluent/protocol/condition'
import { SERIES_ENTRIES_MAX } from '@affluent/protocol/limits'
import { canonicalText } from '../../condition/canonical-text.ts'
import { coldAnswer, type Moment, type PlainPerson } from '../../condition/testing/cold-answer.ts'
import type { Fragment } from '../../profile/fragment.ts'
import { armedFor, hasRung } from '../../profile/schedule.ts'
import { seriesIn } from '../../series/series-slice.ts'
import type { VersionRow } from '../audience-tables.ts'
import { nextBackfillAct } from '../backfill.ts'
import { wholeCondition } from '../check-audience.ts'
import { membershipsOf } from '../memberships-slice.ts'
import { Person } from '../person.ts'
import { catalogOf } from './apply-changes.ts'
import type { LifeWorkspace } from './life-workspace.ts'
import { plainPerson } from './read-tables.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const SPANS = [0, 1, 90 * MINUTE, DAY, 2 * DAY, 7 * DAY, 30 * DAY, 31 * DAY, 35 * DAY]

/** How much was looked at. */
export interface LifeCounts {
  answers: number
  members: number
  moments: number
  steps: number
  /** backfills that began while another one was shown and not settled */
  overtaken: number
}

/** What must hold of a workspace at any moment, found from its kept events alone. */
export class LifeOracle {
  readonly counts: LifeCounts = { answers: 0, members: 0, moments: 0, steps: 0, overtaken: 0 }
  readonly #workspace: LifeWorkspace

  constructor(workspace: LifeWorkspace) {
    this.#workspace = workspace
  }

  /** Versions whose members are shown. */
  liveVersions(): VersionRow[] {
    const { audiences, versions } = this.#workspace.tables.audiences
    const live = new Set(audiences.map(({ liveVersion }) => liveVersion))
    return versions.filter(({ id }) => live.has(id))
  }

  /**
   * Versions that must be right for a profile: not those that are shown before a backfill has reached all fragments.
   */
  #settledVersions(members: readonly Fragment[]): VersionRow[] {
    const { backfill } = this.#workspace.tables.audiences
    const isReached =
      backfill === undefined || members.every(({ id }) => id < backfill.doneTo || id >= backfill.until)
    const { clocks } = this.#workspace.unsettled()
    return this.liveVersions().filter(({ id }) => isReached || !clocks.has(id))
  }

  /** Whether a timer has rung and nobody has been asked yet. */
  #isDue([canonical]: readonly Fragment[]): boolean {
    const { clock, timers } = this.#workspace.tables
    const { id, state } = canonical as Fragment
    return hasRung(state, clock) && timers.some(({ at, profile }) => at <= clock && profile === id)
  }

  /**
   * Whom a backfill whose versions are shown has not reached yet is in what was so when it began, or in what is so now.
   */
  #checkUnreached(members: readonly Fragment[]): void {
    const { tables } = this.#workspace
    const { clocks } = this.#workspace.unsettled()
    const { id, state } = members[0] as Fragment
    const reached = new Set(this.#settledVersions(members).map((version) => version.id))
    const untaken = this.#workspace.untaken(members[0] as Fragment)
    const person = plainPerson(tables, members)
    for (const { id: version, condition } of this.liveVersions()) {
      if (reached.has(version)) continue
      const isIn =
        membershipsOf(state.memberships).has(version) || untaken.some(({ m }) => m?.[0] === version)
      this.counts.answers++
      const began = clocks.get(version) ?? tables.clock
      const mayBe = [began, tables.clock].map((now) => coldAnswer(condition, person, this.moment(now)))
      if (!mayBe.includes(isIn))
        fail(`profile ${id} is ${isIn ? 'in' : 'not in'} version ${version}`, {
          condition,
          person,
          began,
          state,
        })
    }
  }

  moment(now = this.#workspace.tables.clock): Moment {
    const { audiences, rules } = this.#workspace.tables
    return { now, zone: audiences.zone, rules }
  }

  /** Whose moment has not come is in what the whole history says, neither more nor less. */
  checkMembers(profiles: readonly (readonly Fragment[])[]): void {
    const { clock, audiences } = this.#workspace.tables
    // other rules are in force, and not everyone was asked since
    if (audiences.evaluationDue || this.#workspace.unsettled().evaluatesAll) return
    const moment = this.moment()
    for (const members of profiles) {
      const { id, state } = members[0] as Fragment
      if (this.#isDue(members)) continue
      this.#checkUnreached(members)
      const person = plainPerson(this.#workspace.tables, members)
      for (const { id: version, condition } of this.#settledVersions(members)) {
        const isIn = membershipsOf(state.memberships).has(version)
        this.counts.answers++
        if (isIn) this.counts.members++
        if (coldAnswer(condition, person, moment) === isIn) continue
        fail(`profile ${id} is ${isIn ? 'in' : 'not in'} version ${version}`, {
          condition,
          person,
          clock,
          state,
        })
      }
    }
  }

  /** Nobody turns by time alone before the moment for which he is armed, and a row waits for that moment. */
  checkTimers(profiles: readonly (readonly Fragment[])[], probes: number): void {
    const { clock, timers, audiences } = this.#workspace.tables
    if (audiences.evaluationDue || this.#workspace.unsettled().evaluatesAll) return
    for (const [index, members] of profiles.entries()) {
      const versions = this.#settledVersions(members)
      const { id, state } = members[0] as Fragment
      if (this.#isDue(members)) continue
      // a moment that came while there was no audience is forgotten, and armed anew when there is something to ask
      const w = armedFor(state, clock)
      if (w < Number.POSITIVE_INFINITY && !timers.some(({ at, profile }) => at <= w && profile === id))
        fail(`profile ${id} is armed for ${w} and no timer waits`, { timers, state })
      const person = plainPerson(this.#workspace.tables, members)
      for (const now of momentsBefore(w, clock, person, probes, index)) {
        this.counts.moments++
        for (const { id: version, condition } of versions) {
          const isIn = membershipsOf(state.memberships).has(version)
          if (coldAnswer(condition, person, this.moment(now)) === isIn) continue
          fail(`profile ${id} turns in version ${version} at ${now}, before ${w}`, {
            condition,
            person,
            clock,
            state,
          })
        }
      }
    }
  }

  /** What is written down fits together. */
  checkTables(profiles: readonly (readonly Fragment[])[]): void {
    const { tables } = this.#workspace
    const catalog = catalogOf(tables.audiences)
    const { backfill } = tables.audiences
    // a fragment that was merged away since takes its old answer, until it was asked whom events have touched
    const mayBeBackfilled = (version: number) =>
      backfill?.isLive === false && backfill.versions.includes(version)
    for (const [canonical, ...others] of profiles) {
      if (canonical === undefined || canonical.profile !== canonical.id)
        fail('a profile without its fragment', profiles)
      for (const { id, state } of others)
        for (const version of membershipsOf(state.memberships).keys())
          if (!mayBeBackfilled(version) && catalog.version(version) !== undefined)
            fail(`fragment ${id}, which is no profile, is in ${version}`, state)
    }
    this.#checkSteps(profiles)
    for (const { id, spec } of catalog.series.all) {
      for (const { state } of profiles.flat()) {
        const { t = [] } = seriesIn(state.series, id) ?? {}
        if (t.length > Math.max(spec.latest, 0) + SERIES_ENTRIES_MAX)
          fail('a series outgrows its bound', state)
        if (t.some((time, at) => at > 0 && time < (t[at - 1] as number)))
          fail('a series is not in order', state)
      }
    }
    this.#checkDefinitions()
    this.counts.overtaken = this.#workspace.countOvertaken()
  }

  /** The history of memberships adds up to those of now. */
  #checkSteps(profiles: readonly (readonly Fragment[])[]): void {
    const { memberships, audiences } = this.#workspace.tables
    const last = new Map<string, { entered: boolean; position: number; time: number }>()
    this.counts.steps = memberships.length
    for (const { version, profile, entered, position, time } of [...memberships].sort(
      (a, b) => a.position - b.position,
    )) {
      const key = `${version} ${profile}`
      const before = last.get(key)
      if ((before?.entered ?? false) === entered)
        fail(`profile ${profile} ${entered ? 'enters' : 'leaves'} ${version} twice`, memberships)
      if (before !== undefined && before.position >= position) fail('two steps at one position', memberships)
      last.set(key, { entered, position, time })
    }
    const catalog = catalogOf(audiences)
    const listed = [...last].filter(
      ([key, { entered }]) => entered && catalog.version(Number(key.split(' ')[0])) !== undefined,
    )
    const held = profiles.flat().flatMap((fragment) => {
      const landed = this.#workspace
        .untaken(fragment)
        .flatMap(({ m }): [number, number][] => (m === undefined ? [] : [[m[0] ?? 0, m[1] ?? 0]]))
      return [...membershipsOf(fragment.state.memberships), ...landed].flatMap(([version, since]) =>
        catalog.version(version) === undefined ? [] : [`${version} ${fragment.id} ${since}`],
      )
    })
    const expected = listed.map(([key, { time }]) => `${key} ${time}`)
    const sorted = (texts: string[]) => texts.sort((a, b) => a.localeCompare(b)).join()
    if (sorted(held) !== sorted(expected)) fail('steps do not add up', { held, expected })
  }

  /** At rest every audience shows its definition of now. */
  #checkDefinitions(): void {
    const { audiences } = this.#workspace.tables
    if (nextBackfillAct(audiences, 0, 0) !== undefined) return
    for (const row of audiences.audiences) {
      if (row.fault !== null) continue
      const version = audiences.versions.find(({ id }) => id === row.liveVersion)
      const text = version === undefined ? '' : canonicalText(version.condition)
      if (text !== canonicalText(wholeCondition(audiences, row)))
        fail(`${row.key} is live under another definition`, audiences)
    }
  }

  /** Each leaf says what the whole history says of it alone, in whatever order the fragments lie. */
  checkLeaves(profiles: readonly (readonly Fragment[])[]): void {
    const { clock, audiences } = this.#workspace.tables
    const catalog = catalogOf(audiences)
    for (const members of profiles) {
      const person = new Person(members, catalog.series, this.#workspace.tables.rules)
      const turned = new Person([...members].reverse(), catalog.series, this.#workspace.tables.rules)
      const plain = plainPerson(this.#workspace.tables, members)
      for (const { id } of this.liveVersions()) {
        for (const leaf of catalog.version(id)?.compiled.leaves ?? []) {
          const holds = leaf.holds(person, clock)
          if (holds !== coldAnswer(leaf.leaf as CountLeaf | AggregateLeaf, plain, this.moment()))
            fail(`a leaf says ${String(holds)}`, { leaf: leaf.leaf, plain, clock })
          if (
            leaf.holds(turned, clock) !== holds ||
            leaf.turnsAt(turned, clock) !== leaf.turnsAt(person, clock)
          )
            fail('the order of fragments matters', { leaf: leaf.leaf, plain, clock })
        }
      }
    }
  }

  checkAll(probes: number): void {
    const profiles = this.#workspace.profiles()
    this.checkMembers(profiles)
    this.checkTimers(profiles, probes)
    this.checkTables(profiles)
  }
}

/** Some moments before `end` at which something may happen, the last one among them. */
function momentsBefore(
  end: number,
  clock: number,
  person: PlainPerson,
  probes: number,
  salt: number,
): number[] {
  if (probes === 0) return []
  const times = [clock, ...person.events.map(({ time }) => time)]
  const found = [end - 1]
  for (let probe = 1; probe < probes; probe++) {
    const pick = Math.imul(probe * 7_919 + salt * 104_729 + person.events.length, 2_654_435_761) >>> 8
    const time = times[pick % times.length] as number
    const span = SPANS[(pick >>> 5) % SPANS.length] as number
    const hours = Math.floor(clock / HOUR) + 1 + ((pick >>> 3) % 800)
    found.push(pick % 4 === 0 ? hours * HOUR : time + span + (pick % 3) - 1)
  }
  return found.filter((moment) => moment > clock && moment < end)
}

function fail(fault: string, context: unknown): never {
  throw new Error(`${fault}\n${JSON.stringify(context, undefined, 1)?.slice(0, 6_000)}`)
}
