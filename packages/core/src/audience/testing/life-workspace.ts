import type { Rejection } from '@affluent/protocol/codes'
import type { JsonObject } from '@affluent/protocol/event'
import { noteEntry } from '../../condition/series.ts'
import type { SeriesState } from '../../condition/series-state.ts'
import { MOMENT } from '../../condition/testing/awkward-values.ts'
import { coldAnswer } from '../../condition/testing/cold-answer.ts'
import { personTraits } from '../../event/event-traits.ts'
import {
  keepApart,
  linkTogether,
  membersOfProfiles,
  ownedIdentifier,
  undoMerge,
  undoMergesBy,
} from '../../identity/decide-undo.ts'
import { IdentityGraph } from '../../identity/identity-graph.ts'
import { type KeyedIdentifier, keyIdentifier } from '../../identity/keyed-identifier.ts'
import type { LedgerEntry } from '../../identity/ledger.ts'
import type { IdentityRules } from '../../identity/namespaces.ts'
import type { Regrouping } from '../../identity/regrouping.ts'
import { resolveEvent } from '../../identity/resolve-event.ts'
import type { Merge } from '../../identity/unmerge.ts'
import { spentTimers, type Timer } from '../../profile/due-timers.ts'
import { encodeState, type Fragment } from '../../profile/fragment.ts'
import { applyTraits } from '../../profile/traits-slice.ts'
import { askedOf } from '../../series/note-event.ts'
import { type KeptSeries, type SeriesCatalog, seriesValues } from '../../series/series-catalog.ts'
import type { AudienceChanges, BackfillRow } from '../audience-tables.ts'
import {
  acceptHistory,
  type BackfillBatch,
  backfillOfBatch,
  completeBatch,
  fragmentsOfBatch,
  lacksHistory,
  nextBackfillAct,
  publishBackfill,
  readyBackfill,
  startBackfill,
} from '../backfill.ts'
import { MembershipEvaluator } from '../membership-evaluator.ts'
import { type DefinedAudience, defineAudience, deleteAudience, putAudience } from '../plan-audience.ts'
import { type PastState, takeHistory } from '../take-history.ts'
import { applyChanges, catalogOf, noAudiences } from './apply-changes.ts'
import { type EventStep, type Life, type LifeStep, saidBy } from './life-step.ts'
import type { EventRow, LifeTables } from './life-tables.ts'
import { plainPerson, profilesOf, readFragment } from './read-tables.ts'

/** An event at its place in the log. */
interface LoggedEvent extends EventStep {
  readonly position: number
  readonly messageId: string
  readonly receivedAt: number
  readonly time: number
}

type LifeCommand = { readonly at: number } & (
  | { readonly kind: 'unmerge'; readonly ledger: number }
  | { readonly kind: 'unmerge_by'; readonly identifier: string }
  | { readonly kind: 'cannot_link' | 'force_link'; readonly a: string; readonly b: string }
  | { readonly kind: 'rules'; readonly rules: IdentityRules }
  | ({ readonly kind: 'put'; readonly unchecked: boolean } & DefinedAudience)
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'begin' }
  | { readonly kind: 'landed' | 'live'; readonly backfill: number }
  | BatchCommand
  | { readonly kind: 'fire_timers'; readonly limit: number }
)

interface BatchCommand extends BackfillBatch {
  readonly kind: 'part'
}

interface LoggedCommand {
  readonly position: number
  readonly command: LifeCommand
}

const START = MOMENT - 2 * 86_400_000
const WHOLE = 1_000_000

/**
 * A workspace in memory: a log, and tables that change by commits only. It decides with the code of the server's walk,
 * each batch and command on a graph of its own, loaded as the server loads it: from the graph before, then from stored
 * texts.
 */
export class LifeWorkspace {
  readonly log: (LoggedEvent | LoggedCommand)[] = []
  /** the tables after each commit, oldest first */
  readonly commits: LifeTables[] = []
  /** profiles that the last step asked */
  asked = new Set<number>()
  now = START
  readonly #earlyMax: number
  /**
   * what ClickHouse found for each backfill, by its position and by fragment: laid ready outside the log, before the
   * command that says so
   */
  readonly #landings = new Map<number, ReadonlyMap<number, readonly PastState[]>>()
  /** the backfill whose touched fragments were asked for; a crash forgets it */
  #touchedOf = 0
  #previous: IdentityGraph | undefined

  constructor({ zone, rules, earlyMax }: Pick<Life, 'zone' | 'rules' | 'earlyMax'>) {
    this.#earlyMax = earlyMax
    this.commits.push({
      ...{ position: 0, clock: 0, counters: { fragment: 1, identifier: 1, ledger: 1 }, rules },
      ...{
        fragments: new Map(),
        identifiers: new Map(),
        merges: [],
        timers: [],
        memberships: [],
        rows: [],
        moves: [],
      },
      ...{ messageIds: new Set(), audiences: noAudiences(zone) },
    })
  }

  get tables(): LifeTables {
    return this.commits.at(-1) as LifeTables
  }

  /** Profiles with their fragments, the one that stands for it first. */
  profiles(): Fragment[][] {
    return profilesOf(this.tables)
  }

  /** What backfills have found about a fragment and it has still to take. */
  untaken({ id, state }: Fragment): readonly PastState[] {
    const { audiences } = this.tables
    const ready = readyBackfill(audiences)
    if (ready === undefined || !lacksHistory(audiences, id, state)) return []
    const found = [...this.#landings.values()].flatMap((landing) => landing.get(id) ?? [])
    return found.filter(({ backfill }) => backfill > state.series.takenTo && backfill <= ready.position)
  }

  /** How many backfills began while another one was shown and not settled. */
  countOvertaken(): number {
    const began = this.commits.flatMap(({ position, audiences: { backfill } }) =>
      backfill?.position === position && backfill.earlierPosition !== 0 ? backfill : [],
    )
    return began.length
  }

  /**
   * What backfills that have not reached every fragment are about: the one under way and those that it has overtaken.
   * `clocks`: when the history of a version was computed, by version; `evaluatesAll`: whether nobody's membership is
   * certain.
   */
  unsettled(): { readonly clocks: ReadonlyMap<number, number>; readonly evaluatesAll: boolean } {
    const clocks = new Map<number, number>()
    let evaluatesAll = false
    for (let at = this.commits.length - 1; at > 0; at--) {
      const { backfill } = (this.commits[at] as LifeTables).audiences
      if (backfill === undefined) break
      for (const version of backfill.versions) clocks.set(version, backfill.clock)
      if ((this.commits[at - 1] as LifeTables).audiences.evaluationDue) evaluatesAll = true
    }
    return { clocks, evaluatesAll }
  }

  step(step: LifeStep): void {
    this.asked = new Set()
    switch (step.kind) {
      case 'event':
        this.now += step.wait
        this.#append({
          ...step,
          messageId: `m${this.log.length}`,
          receivedAt: this.now,
          time: this.now + step.shift,
        })
        if (step.ends) this.process([WHOLE])
        return
      case 'copy': {
        const events = this.log.flatMap((entry) => ('command' in entry ? [] : entry))
        const again = events[step.pick % Math.max(1, events.length)]
        if (again !== undefined) this.#append({ ...again, receivedAt: this.now })
        return
      }
      case 'crash': {
        this.process([WHOLE])
        this.#crash(step.back, step.sizes)
        return
      }
      default:
        this.process([WHOLE])
        this.#command(step)
    }
  }

  /** Processes what is not processed yet, in batches of these sizes, over and over. */
  process(sizes: readonly number[]): void {
    for (let batches = 0; this.tables.position < this.log.length; batches++) {
      const first = this.log[this.tables.position] as LoggedEvent | LoggedCommand
      if ('command' in first) {
        this.#applyCommand(first)
        continue
      }
      const batch: LoggedEvent[] = []
      const size = sizes[batches % sizes.length] as number
      for (let at = this.tables.position; at < this.log.length && batch.length < size; at++) {
        const entry = this.log[at] as LoggedEvent | LoggedCommand
        if ('command' in entry) break
        batch.push(entry)
      }
      this.#take(batch)
    }
  }

  #append(entry: Omit<LoggedEvent, 'position'> | Omit<LoggedCommand, 'position'>): void {
    this.log.push({ ...entry, position: this.log.length + 1 } as LoggedEvent | LoggedCommand)
  }

  #give(command: LifeCommand): void {
    this.#append({ command })
    this.process([WHOLE])
  }

  #crash(back: number, sizes: readonly number[]): void {
    this.commits.splice(Math.max(1, this.commits.length - (back % this.commits.length)))
    this.#previous = undefined
    this.#touchedOf = 0
    this.process(sizes)
  }

  #command(step: Exclude<LifeStep, { kind: 'event' | 'copy' | 'crash' }>): void {
    const at = this.now
    switch (step.kind) {
      case 'unmerge': {
        const { merges } = this.tables
        const merge = merges[step.pick % Math.max(1, merges.length)]
        if (merge !== undefined) this.#give({ kind: 'unmerge', at, ledger: merge.ledger })
        return
      }
      case 'put': {
        const { key, population, unchecked = false } = step
        const isKnown = this.tables.audiences.audiences.some((row) => row.key === key)
        const said = { key, name: key, condition: saidBy(step), population }
        return this.#give({ kind: 'put', at, mode: isKnown ? 'change' : 'make', ...said, unchecked })
      }
      case 'part':
        if (this.tables.audiences.backfill !== undefined) this.#act(step.size, step.twice)
        return
      case 'prepare':
        return this.prepare()
      case 'fire_timers':
        return this.#timersStep(step.wait, step.limit, step.all)
      default:
        this.#give({ at, ...step })
    }
  }

  /** Prepares all that waits. */
  prepare(): void {
    while (this.#act(WHOLE, false));
  }

  /**
   * The next act of preparing audiences, as the server takes it.
   * @returns false when there is nothing to do
   */
  #act(size: number, twice: boolean): boolean {
    const { audiences } = this.tables
    const act = nextBackfillAct(audiences, this.now, this.#touchedOf)
    if (act === undefined) return false
    const give = (command: LifeCommand) => {
      for (let times = twice ? 2 : 1; times > 0; times--) this.#give(command)
    }
    if (act === 'start') {
      give({ kind: 'begin', at: this.now })
      return true
    }
    const backfill = audiences.backfill as BackfillRow
    const { position, doneTo, until } = backfill
    const of = { at: this.now, backfill: position }
    switch (act) {
      case 'compute':
        this.#landings.set(position, this.#land(backfill))
        give({ kind: 'landed', ...of })
        break
      case 'ask_touched': {
        this.#touchedOf = position
        const touched = this.#findTouched(backfill)
        for (let at = 0; at < touched.length; at += size)
          give({ kind: 'part', ...of, fragments: touched.slice(at, at + size) })
        break
      }
      case 'show':
        give({ kind: 'live', ...of })
        break
      case 'settle':
        give({ kind: 'part', ...of, stretch: [doneTo, Math.min(doneTo + size, until)] })
    }
    return true
  }

  /** What ClickHouse says of the events up to the position where the backfill began. */
  #land(backfill: BackfillRow): Map<number, PastState[]> {
    const { audiences } = this.tables
    const catalog = catalogOf(audiences)
    const then = this.commits.find(({ position }) => position === backfill.position) as LifeTables
    const found = new Map<number, PastState[]>()
    const lay = (fragment: number, past: Omit<PastState, 'backfill'>) =>
      found.set(fragment, [...(found.get(fragment) ?? []), { ...past, backfill: backfill.position }])
    for (const id of backfill.early ? backfill.versions : []) {
      const version = catalog.version(id)
      if (version === undefined) continue
      for (const members of profilesOf(then)) {
        const person = plainPerson(then, members)
        const moment = { now: backfill.clock, zone: audiences.zone, rules: then.rules }
        if (person.namespaces.length === 0 || !coldAnswer(version.condition, person, moment)) continue
        lay(person.profile, { m: [id, sinceOf(then, version.follows, person.profile) ?? backfill.clock] })
      }
    }
    const wanted = catalog.series.neededBy(({ id }) => backfill.versions.includes(id))
    for (const fragment of then.fragments.keys()) {
      const own = then.rows.filter((row) => row.fragment === fragment)
      const states = wanted.flatMap((series): [number, SeriesState][] => {
        const state = foldRows(catalog.series, series, own, backfill.clock)
        return state === undefined ? [] : [[series.id, state]]
      })
      // series that are kept already need no history, but say who must be asked
      if (states.length > 0)
        lay(fragment, { c: Object.fromEntries(states.filter(([id]) => backfill.series.includes(id))) })
    }
    return new Map([...found].map(([id, past]) => [id, JSON.parse(JSON.stringify(past)) as PastState[]]))
  }

  #findTouched({ position: after, readyPosition: to, clock: from }: BackfillRow): number[] {
    const { rows, moves, clock: until } = this.tables
    const come = rows.filter(({ position, event, identify }) => {
      const time = event?.time ?? identify?.time ?? from
      return position <= after && time > from && time <= until
    })
    const within = [...rows, ...moves].filter(({ position }) => position > after && position <= to)
    const touched = [...come, ...within]
    return [...new Set(touched.map(({ fragment }) => fragment))].sort((a, b) => a - b)
  }

  #timersStep(wait: number, limit: number, all: boolean): void {
    this.now += wait
    do this.#give({ kind: 'fire_timers', at: this.now, limit })
    while (all && this.tables.timers.some(({ at }) => at <= this.tables.clock))
  }

  /** Stages 2 to 4 for one batch, as decide-batch.ts. */
  #take(batch: readonly LoggedEvent[]): void {
    const { tables } = this
    const named = batch.flatMap(({ identifiers, previousId }) => [
      ...identifiers.map(keyOf),
      ...(previousId === undefined ? [] : [`user_id:${previousId}`, `anonymous_id:${previousId}`].map(keyOf)),
    ])
    const graph = this.#load(named, [])
    const evaluator = new MembershipEvaluator(graph, catalogOf(tables.audiences), tables.clock, [])
    const messageIds = new Set(tables.messageIds)
    const rows: EventRow[] = []
    for (const event of batch) {
      evaluator.advance(event.receivedAt)
      if (messageIds.has(event.messageId)) continue
      messageIds.add(event.messageId)
      const row = takeEvent(graph, evaluator, event)
      if (row !== undefined) rows.push(row)
    }
    const position = (batch.at(-1) as LoggedEvent).position
    this.#commit(graph, evaluator, { position, messageIds, rows: [...tables.rows, ...rows] })
  }

  /** One command, as decide-command.ts. */
  #applyCommand({ position, command }: LoggedCommand): void {
    const { tables } = this
    const { audiences } = tables
    const clock = Math.max(tables.clock, command.at)
    const place = { position, time: command.at }
    const nothing = () => this.#commit(undefined, undefined, { position, clock })
    switch (command.kind) {
      case 'unmerge': {
        const merge = tables.merges.find(({ ledger }) => ledger === command.ledger)
        if (merge === undefined) return nothing()
        const graph = this.#load([], [merge.a])
        const merges = this.#mergesOf(graph, [merge.a])
        return this.#regrouped(graph, undoMerge(graph, merges, merge.ledger, place), position, clock)
      }
      case 'unmerge_by': {
        const key = keyOf(command.identifier)
        const graph = this.#load([key], [])
        const known = ownedIdentifier(graph, key, 'identifier')
        if ('code' in known) return nothing()
        const merges = this.#mergesOf(graph, [known.owner])
        return this.#regrouped(graph, undoMergesBy(graph, known, merges, place), position, clock)
      }
      case 'cannot_link':
      case 'force_link': {
        const [one, other] = [keyOf(command.a), keyOf(command.b)]
        const graph = this.#load([one, other], [])
        const a = ownedIdentifier(graph, one, 'a')
        const b = ownedIdentifier(graph, other, 'b')
        if ('code' in a || 'code' in b) return nothing()
        const decide = command.kind === 'force_link' ? linkTogether : keepApart
        const merges = this.#mergesOf(graph, [a.owner, b.owner])
        return this.#regrouped(graph, decide(graph, { a, b }, merges, place), position, clock)
      }
      case 'rules':
        return this.#commit(undefined, undefined, {
          ...{ position, clock, rules: command.rules, audiences: { ...audiences, evaluationDue: true } },
        })
      case 'put': {
        const decide = command.unchecked ? defineAudience : putAudience
        return this.#changed(decide(audiences, command, command.at), position, clock)
      }
      case 'delete':
        return this.#changed(deleteAudience(audiences, command.key, 0), position, clock)
      case 'begin': {
        const start = { position, at: command.at, clock: tables.clock, earlyMax: this.#earlyMax }
        const changes = startBackfill(audiences, { ...start, nextFragment: tables.counters.fragment })
        return this.#changed(changes, position, clock)
      }
      case 'landed': {
        const changes = acceptHistory(audiences, command, { position, at: command.at })
        const { backfill } = changes
        const landed = backfill === undefined || backfill === null ? [] : this.#landedMembers(backfill)
        return this.#changed(changes, position, clock, [...tables.memberships, ...landed])
      }
      case 'live':
        return this.#changed(
          publishBackfill(audiences, command.backfill, { position, at: command.at }),
          position,
          clock,
        )
      case 'part':
        return this.#applyBackfillBatch(command, position, clock)
      case 'fire_timers':
        return this.#fireTimers(command.limit, position, clock)
    }
  }

  /** A decision about audiences alone. */
  #changed(
    decided: AudienceChanges | Rejection,
    position: number,
    clock: number,
    memberships = this.tables.memberships,
  ): void {
    const { audiences } = this.tables
    const changes = 'code' in decided ? {} : decided
    this.#commit(undefined, undefined, {
      ...{ position, clock, memberships },
      audiences: applyChanges(audiences, changes),
    })
  }

  #regrouped(graph: IdentityGraph, outcome: Regrouping | Rejection, position: number, clock: number): void {
    if ('code' in outcome) return this.#commit(undefined, undefined, { position, clock })
    const catalog = catalogOf(this.tables.audiences)
    const evaluator = new MembershipEvaluator(graph, catalog, clock, [])
    evaluator.evaluateRegrouped(position)
    this.#commit(graph, evaluator, { position })
  }

  /** The rows that landing writes into the history of memberships, at the position of the backfill. */
  #landedMembers({ position }: BackfillRow): LifeTables['memberships'] {
    return [...(this.#landings.get(position) ?? [])].flatMap(([profile, past]) =>
      past.flatMap(({ m }) =>
        m === undefined ? [] : { version: m[0] ?? 0, profile, position, time: m[1] ?? 0, entered: true },
      ),
    )
  }

  #applyBackfillBatch(part: BatchCommand, position: number, clock: number): void {
    const { audiences } = this.tables
    const backfill = backfillOfBatch(audiences, part)
    if (backfill === undefined) return this.#commit(undefined, undefined, { position, clock })
    const ids = fragmentsOfBatch(backfill, part) ?? this.#foundIn(part)
    const graph = this.#load([], ids)
    const evaluator = new MembershipEvaluator(graph, catalogOf(audiences), clock, [])
    evaluator.evaluateFragments(ids, position)
    const changes = completeBatch(audiences, backfill, part, { position, at: clock })
    this.#commit(graph, evaluator, { position, audiences: applyChanges(audiences, changes) })
  }

  /**
   * Fragments of a stretch about which this backfill or one before has found something: after a crash, later ones lie
   * ready too.
   */
  #foundIn({ backfill, stretch: [from, to] = [0, 0] }: BatchCommand): number[] {
    const found = [...this.#landings].flatMap(([position, landing]) =>
      position <= backfill ? [...landing.keys()] : [],
    )
    return [...new Set(found)].filter((id) => id >= from && id < to).sort((a, b) => a - b)
  }

  #fireTimers(limit: number, position: number, clock: number): void {
    const { timers, audiences } = this.tables
    const due = timers.filter(({ at }) => at <= clock).sort((a, b) => a.at - b.at)
    const rows = due.slice(0, limit)
    const ids = [...new Set(rows.map(({ profile }) => profile))]
    const graph = this.#load([], ids)
    const evaluator = new MembershipEvaluator(graph, catalogOf(audiences), clock, [])
    evaluator.evaluateDue(ids, position)
    const spent = spentTimers(rows)
    const isLeft = ({ at, profile }: Timer) =>
      spent === undefined || at > spent.at || (at === spent.at && !spent.profiles.includes(profile))
    const left = timers.filter(isLeft)
    this.#commit(graph, evaluator, { position, timers: left })
  }

  #mergesOf(graph: IdentityGraph, fragments: readonly number[]): Merge[] {
    const members = new Set(membersOfProfiles(graph, fragments))
    return this.tables.merges.filter(({ a }) => members.has(a))
  }

  /** As resolve.ts: from the graph before, then from the tables. */
  #load(identifiers: readonly KeyedIdentifier[], fragments: readonly number[]): IdentityGraph {
    const { tables } = this
    const previous = this.#previous
    const graph = new IdentityGraph(tables.rules, { ...tables.counters })
    const wanted = new Set(fragments)
    for (const identifier of identifiers) {
      const stored = tables.identifiers.get(identifier.key)
      const known =
        graph.find(identifier) ??
        previous?.find(identifier) ??
        (stored === undefined ? undefined : { ...stored })
      if (known === undefined) continue
      graph.putIdentifier(known)
      if (known.owner !== 0) wanted.add(known.owner)
    }
    const put = (id: number) => {
      if (graph.fragment(id) === undefined)
        graph.putFragment(previous?.fragment(id) ?? readFragment(tables, id))
      return graph.fragment(id) as Fragment
    }
    for (const profile of [...wanted].map((id) => put(id).profile))
      for (const other of put(profile).state.identity.others ?? []) put(other)
    this.#takeHistory(graph)
    this.#previous = graph
    return graph
  }

  #takeHistory(graph: IdentityGraph): void {
    const { audiences } = this.tables
    const ready = readyBackfill(audiences)
    if (ready === undefined) return
    for (const fragment of graph.fragments()) {
      const past = this.untaken(fragment)
      if (past.length === 0) continue
      const copy = JSON.parse(JSON.stringify(past)) as PastState[]
      takeHistory(catalogOf(audiences), ready, fragment.state, copy)
      graph.touch(fragment)
    }
  }

  #commit(
    graph: IdentityGraph | undefined,
    evaluator: MembershipEvaluator | undefined,
    changes: Partial<LifeTables> & { position: number },
  ): void {
    const before = this.tables
    const evaluated = evaluator?.take()
    const clock = evaluator?.clock ?? changes.clock ?? before.clock
    const timers = [...(changes.timers ?? before.timers), ...(evaluated?.timers ?? [])]
    const memberships = [...(changes.memberships ?? before.memberships), ...(evaluated?.memberships ?? [])]
    // a command that came to nothing leaves no graph behind
    if (graph === undefined) this.#previous = undefined
    const moved = [...(graph?.changes.moved ?? [])].flatMap(({ id, profile }) =>
      [id, profile, before.fragments.get(id)?.profile ?? id].map((fragment) => ({
        fragment,
        position: changes.position,
      })),
    )
    // what an event has moved belongs to the profile of that event's row
    const moves = changes.rows === undefined ? [...before.moves, ...moved] : before.moves
    const identity = graph === undefined ? {} : saveGraph(before, graph)
    for (const { profile } of graph?.fragments() ?? []) this.asked.add(profile)
    this.commits.push({ ...before, ...changes, ...identity, moves, clock, timers, memberships })
  }
}

function takeEvent(
  graph: IdentityGraph,
  evaluator: MembershipEvaluator,
  event: LoggedEvent,
): EventRow | undefined {
  const { type, name, time, position, payload, bot: isBot } = event
  const decisions = graph.changes.ledger.length
  const identifiers = event.identifiers.map(keyOf)
  const { fragment } = resolveEvent(graph, {
    type,
    position,
    time,
    now: evaluator.clock,
    source: 1,
    identifiers,
    previousId: event.previousId,
  })
  if (fragment === undefined) return undefined
  const isIdentify = type === 'identify'
  const traits = personTraits(type, { traits: payload })
  if (traits !== undefined)
    applyTraits(fragment.state.traits, traits, { time, position, source: 1 }, evaluator.clock)
  const json: JsonObject = isIdentify ? { traits: payload } : type === 'alias' ? {} : { properties: payload }
  const noted = { type, name, time, position, json }
  evaluator.noteEvent(fragment, noted, { isBot, isRegrouped: graph.changes.ledger.length > decisions })
  const row = { fragment: fragment.id, position }
  const processed = { type, name, time, position, json, bot: isBot }
  return traits === undefined
    ? { ...row, event: processed }
    : { ...row, event: processed, identify: { time, position, traits } }
}

function foldRows(
  catalog: SeriesCatalog,
  series: KeptSeries,
  rows: readonly EventRow[],
  clock: number,
): SeriesState | undefined {
  let state: SeriesState | undefined
  for (const { event } of rows) {
    if (event === undefined || event.bot) continue
    if (!catalog.ofEvent(event.type, event.name).includes(series)) continue
    const asked = askedOf(event)
    if (!series.matches(asked)) continue
    const values = series.spec.property === undefined ? undefined : seriesValues(series, asked)
    if (values?.length === 0) continue
    state = noteEntry(
      series.spec,
      state,
      { time: event.time, position: event.position, values },
      clock,
      catalog.zone,
    )
  }
  return state
}

/** Since when a profile is in a version; undefined: it is not. */
function sinceOf({ memberships }: LifeTables, version: number, profile: number): number | undefined {
  const steps = memberships.filter((step) => step.version === version && step.profile === profile)
  const last = steps.reduce(
    (a, b) => (b.position > a.position ? b : a),
    steps[0] ?? { entered: false, position: 0, time: 0 },
  )
  return last.entered ? last.time : undefined
}

function saveGraph(before: LifeTables, graph: IdentityGraph): Partial<LifeTables> {
  const { newIdentifiers, adopted, newFragments, changedFragments, moved, edges, cutEdges, ledger } =
    graph.takeChanges()
  const identifiers = new Map(before.identifiers)
  for (const known of [...newIdentifiers, ...adopted]) identifiers.set(known.key, { ...known })
  const fragments = new Map(before.fragments)
  for (const { id, profile, state } of [...newFragments, ...changedFragments, ...moved])
    fragments.set(id, { profile, state: encodeState(state) })
  const made = edges.map((edge) => {
    const { identifiers: by, rule } = ledger.find(({ id }) => id === edge.ledger) as LedgerEntry
    return { ...edge, identifiers: by, rule }
  })
  const gone = new Set(cutEdges.map((edge) => edge.ledger))
  const merges = [...before.merges, ...made].filter((merge) => !gone.has(merge.ledger))
  return { identifiers, fragments, merges, counters: { ...graph.counters } }
}

function keyOf(text: string): KeyedIdentifier {
  const colon = text.indexOf(':')
  return keyIdentifier(text.slice(0, colon), text.slice(colon + 1))
}
