import type { Population } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { ConditionFault } from '../../condition/condition-fault.ts'
import { CircleFault, MissingAudience } from '../../condition/condition-tree.ts'
import { noteEntry, type SeriesState } from '../../condition/series.ts'
import { MOMENT } from '../../condition/testing/awkward-values.ts'
import { coldAnswer } from '../../condition/testing/cold-answer.ts'
import { personTraits } from '../../event/event-traits.ts'
import { forceLink } from '../../identity/force-link.ts'
import { IdentityGraph } from '../../identity/identity-graph.ts'
import { type KeyedIdentifier, keyIdentifier } from '../../identity/keyed-identifier.ts'
import type { LedgerEntry } from '../../identity/ledger.ts'
import type { IdentityRules } from '../../identity/namespaces.ts'
import { resolveEvent } from '../../identity/resolve-event.ts'
import { setCannotLink } from '../../identity/set-cannot-link.ts'
import { mergesCausedBy, unmerge } from '../../identity/unmerge.ts'
import { applyTraits, type Fragment } from '../../profile/fragment.ts'
import { type AudienceCatalog, type CatalogSeries, seriesValues } from '../audience-catalog.ts'
import { askedOf } from '../note-event.ts'
import { type PastState, takeHistory } from '../take-history.ts'
import {
  catalogOf,
  deleteAudience,
  endSweep,
  isWorkWaiting,
  lacksHistory,
  noAudiences,
  putAudience,
  type SweepRow,
  showSweep,
  startSweep,
  wholeCondition,
} from './audience-tables.ts'
import { LifeReview } from './life-review.ts'
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
  | { readonly kind: 'put'; readonly key: string; readonly condition: Json; readonly population: Population }
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'begin' }
  | { readonly kind: 'landed' | 'live'; readonly sweep: number }
  | PartCommand
  | { readonly kind: 'tick'; readonly limit: number }
)

interface PartCommand {
  readonly kind: 'part'
  readonly sweep: number
  /** these fragments; undefined: those of the stretch */
  readonly fragments?: readonly number[]
  /** from, to (excluded) */
  readonly stretch?: readonly [number, number]
}

interface LoggedCommand {
  readonly position: number
  readonly command: LifeCommand
}

const START = MOMENT - 2 * 86_400_000
const WHOLE = 1_000_000

/**
 * A workspace in memory: a log, and tables that change by commits only. It decides with the code of the server's walk, each batch and command on a graph of
 * its own, loaded as the server loads it: from the graph before, then from stored texts.
 */
export class LifeWorkspace {
  readonly log: (LoggedEvent | LoggedCommand)[] = []
  /** the tables after each commit, oldest first */
  readonly commits: LifeTables[] = []
  /** profiles that the last step asked */
  asked = new Set<number>()
  now = START
  readonly #earlyMax: number
  /** what ClickHouse found for each sweep, by its position and by fragment: laid ready outside the log, before the command that says so */
  readonly #landings = new Map<number, ReadonlyMap<number, readonly PastState[]>>()
  /** the sweep whose touched fragments were asked for; a crash forgets it */
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

  /** What a fragment has not taken yet of the sweep under way. */
  landed(id: number): readonly PastState[] {
    const { sweep } = this.tables.audiences
    return this.#landings.get(sweep?.position ?? 0)?.get(id) ?? []
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
        if (step.ends) this.walk([WHOLE])
        return
      case 'copy': {
        const events = this.log.flatMap((entry) => ('command' in entry ? [] : entry))
        const again = events[step.pick % Math.max(1, events.length)]
        if (again !== undefined) this.#append({ ...again, receivedAt: this.now })
        return
      }
      case 'crash': {
        this.walk([WHOLE])
        this.#crash(step.back, step.sizes)
        return
      }
      default:
        this.walk([WHOLE])
        this.#command(step)
    }
  }

  /** Walks what is not walked yet, in batches of these sizes, over and over. */
  walk(sizes: readonly number[]): void {
    for (let batches = 0; this.tables.position < this.log.length; batches++) {
      const first = this.log[this.tables.position] as LoggedEvent | LoggedCommand
      if ('command' in first) {
        this.#obey(first)
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
    this.walk([WHOLE])
  }

  #crash(back: number, sizes: readonly number[]): void {
    this.commits.splice(Math.max(1, this.commits.length - (back % this.commits.length)))
    this.#previous = undefined
    this.#touchedOf = 0
    this.walk(sizes)
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
        const said = { key: step.key, condition: saidBy(step), population: step.population }
        if (step.unchecked === true || this.#isSound(said)) this.#give({ kind: 'put', at, ...said })
        return
      }
      case 'part':
        return this.#sweep(step.size, step.twice)
      case 'prepare':
        return this.prepare()
      case 'tick':
        return this.#tick(step.wait, step.limit, step.all)
      default:
        this.#give({ at, ...step })
    }
  }

  #isSound(said: { key: string; condition: Json; population: Population }): boolean {
    try {
      wholeCondition(this.tables.audiences, said)
      return true
    } catch (error) {
      if (error instanceof CircleFault || error instanceof MissingAudience || error instanceof ConditionFault)
        return false
      throw error
    }
  }

  /** Prepares all that waits. */
  prepare(): void {
    for (;;) {
      const { audiences } = this.tables
      if (audiences.sweep !== undefined) this.#sweep(WHOLE, false)
      else if (isWorkWaiting(audiences)) this.#give({ kind: 'begin', at: this.now })
      else return
    }
  }

  /** The next act of the sweep, as sweeper.ts. */
  #sweep(size: number, twice: boolean): void {
    const { sweep } = this.tables.audiences
    if (sweep === undefined) return
    const { position, landedPosition, early, isLive, doneTo, until } = sweep
    const give = (command: LifeCommand) => {
      for (let times = twice ? 2 : 1; times > 0; times--) this.#give(command)
    }
    const of = { at: this.now, sweep: position }
    if (landedPosition === 0) {
      this.#landings.set(position, this.#land(sweep))
      give({ kind: 'landed', ...of })
    } else if (!isLive && doneTo === 1 && this.#touchedOf !== position) {
      this.#touchedOf = position
      const touched = this.#findTouched(position, landedPosition)
      for (let at = 0; at < touched.length; at += size)
        give({ kind: 'part', ...of, fragments: touched.slice(at, at + size) })
    } else if (early && !isLive) give({ kind: 'live', ...of })
    else give({ kind: 'part', ...of, stretch: [doneTo, Math.min(doneTo + size, until)] })
  }

  /** What ClickHouse says of the events up to the position where the sweep began. */
  #land(sweep: SweepRow): Map<number, PastState[]> {
    const { audiences } = this.tables
    const catalog = catalogOf(audiences)
    const then = this.commits.find(({ position }) => position === sweep.position) as LifeTables
    const found = new Map<number, PastState[]>()
    const lay = (fragment: number, past: Omit<PastState, 'sweep'>) =>
      found.set(fragment, [...(found.get(fragment) ?? []), { ...past, sweep: sweep.position }])
    for (const id of sweep.early ? sweep.versions : []) {
      const version = catalog.version(id)
      if (version === undefined) continue
      for (const members of profilesOf(then)) {
        const person = plainPerson(then, members)
        const moment = { now: sweep.clock, zone: audiences.zone, rules: then.rules }
        if (person.namespaces.length === 0 || !coldAnswer(version.condition, person, moment)) continue
        lay(person.profile, { m: [id, sinceOf(then, version.follows, person.profile) ?? sweep.clock] })
      }
    }
    const wanted = catalog.seriesOfVersions(sweep.versions)
    for (const fragment of then.fragments.keys()) {
      const own = then.rows.filter((row) => row.fragment === fragment)
      const states = wanted.flatMap((series): [number, SeriesState][] => {
        const state = foldRows(catalog, series, own, sweep.clock)
        return state === undefined ? [] : [[series.id, state]]
      })
      // series that are kept already need no history, but say who must be asked
      if (states.length > 0)
        lay(fragment, { c: Object.fromEntries(states.filter(([id]) => sweep.series.includes(id))) })
    }
    return new Map([...found].map(([id, past]) => [id, JSON.parse(JSON.stringify(past)) as PastState[]]))
  }

  #findTouched(after: number, to: number): number[] {
    const { rows, moves } = this.tables
    const touched = [...rows, ...moves].filter(({ position }) => position > after && position <= to)
    return [...new Set(touched.map(({ fragment }) => fragment))].sort((a, b) => a - b)
  }

  #tick(wait: number, limit: number, all: boolean): void {
    this.now += wait
    do this.#give({ kind: 'tick', at: this.now, limit })
    while (all && this.tables.timers.some(({ at }) => at <= this.tables.clock))
  }

  /** Rooms 2 to 4 for one batch, as decide-batch.ts. */
  #take(batch: readonly LoggedEvent[]): void {
    const { tables } = this
    const named = batch.flatMap(({ identifiers, previousId }) => [
      ...identifiers.map(keyOf),
      ...(previousId === undefined ? [] : [`user_id:${previousId}`, `anonymous_id:${previousId}`].map(keyOf)),
    ])
    const graph = this.#load(named, [])
    const review = new LifeReview(graph, catalogOf(tables.audiences), tables.clock)
    const messageIds = new Set(tables.messageIds)
    const rows: EventRow[] = []
    for (const event of batch) {
      review.advance(event.receivedAt)
      if (messageIds.has(event.messageId)) continue
      messageIds.add(event.messageId)
      const row = takeEvent(graph, review, event)
      if (row !== undefined) rows.push(row)
    }
    const position = (batch.at(-1) as LoggedEvent).position
    this.#commit(graph, review, { position, messageIds, rows: [...tables.rows, ...rows] })
  }

  /** One command, as decide-command.ts. */
  #obey({ position, command }: LoggedCommand): void {
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
        return this.#regrouped(
          graph,
          unmerge(graph, this.#mergesOf([merge.a]), [merge], place),
          position,
          clock,
        )
      }
      case 'unmerge_by': {
        const known = tables.identifiers.get(keyOf(command.identifier).key)
        if (known === undefined || known.owner === 0) return nothing()
        const graph = this.#load([], [known.owner])
        const merges = this.#mergesOf([known.owner])
        const cut = mergesCausedBy(merges, known.id)
        if (cut.length === 0) return nothing()
        return this.#regrouped(graph, unmerge(graph, merges, cut, place), position, clock)
      }
      case 'cannot_link':
      case 'force_link': {
        const graph = this.#load([keyOf(command.a), keyOf(command.b)], [])
        const a = graph.find(keyOf(command.a))
        const b = graph.find(keyOf(command.b))
        if (a === undefined || b === undefined || a.owner === 0 || b.owner === 0) return nothing()
        const decide = command.kind === 'force_link' ? forceLink : setCannotLink
        return this.#regrouped(
          graph,
          decide(graph, { a, b }, this.#mergesOf([a.owner, b.owner]), place),
          position,
          clock,
        )
      }
      case 'rules':
        return this.#commit(undefined, undefined, {
          ...{ position, clock, rules: command.rules, audiences: { ...audiences, reviewDue: true } },
        })
      case 'put':
        return this.#commit(undefined, undefined, {
          position,
          clock,
          audiences: putAudience(audiences, command),
        })
      case 'delete':
        return this.#commit(undefined, undefined, {
          position,
          clock,
          audiences: deleteAudience(audiences, command.key),
        })
      case 'begin': {
        const at = {
          position,
          clock: tables.clock,
          until: tables.counters.fragment,
          earlyMax: this.#earlyMax,
        }
        return this.#commit(undefined, undefined, { position, clock, audiences: startSweep(audiences, at) })
      }
      case 'landed': {
        const { sweep } = audiences
        if (sweep?.position !== command.sweep || sweep.landedPosition !== 0) return nothing()
        const landed = { ...audiences, sweep: { ...sweep, landedPosition: position } }
        const memberships = [...tables.memberships, ...this.#landedMembers(sweep)]
        return this.#commit(undefined, undefined, { position, clock, audiences: landed, memberships })
      }
      case 'live': {
        const { sweep } = audiences
        if (sweep?.position !== command.sweep || sweep.isLive) return nothing()
        return this.#commit(undefined, undefined, { position, clock, audiences: showSweep(audiences) })
      }
      case 'part':
        return this.#obeyPart(command, position, clock)
      case 'tick':
        return this.#obeyTick(command.limit, position, clock)
    }
  }

  #regrouped(graph: IdentityGraph, outcome: object | string, position: number, clock: number): void {
    if (typeof outcome === 'string') return this.#commit(undefined, undefined, { position, clock })
    const catalog = catalogOf(this.tables.audiences)
    const review = new LifeReview(graph, catalog, clock)
    const { changedFragments, moved } = graph.changes
    const profiles = new Set([...changedFragments, ...moved].map(({ profile }) => profile))
    for (const profile of profiles) review.review(profile, position)
    this.#commit(graph, review, { position })
  }

  /** The rows that landing writes into the history of memberships, at the position of the sweep. */
  #landedMembers({ position }: SweepRow): LifeTables['memberships'] {
    return [...(this.#landings.get(position) ?? [])].flatMap(([profile, past]) =>
      past.flatMap(({ m }) =>
        m === undefined ? [] : { version: m[0] ?? 0, profile, position, time: m[1] ?? 0, entered: true },
      ),
    )
  }

  #obeyPart(part: PartCommand, position: number, clock: number): void {
    const { audiences } = this.tables
    const { sweep } = audiences
    const isVoid =
      sweep?.position !== part.sweep ||
      sweep.landedPosition === 0 ||
      (part.stretch !== undefined && part.stretch[0] !== sweep.doneTo)
    if (isVoid) return this.#commit(undefined, undefined, { position, clock })
    const [from, to] = part.stretch ?? [0, 0]
    const stretch = Array.from({ length: to - from }, (_, index) => from + index)
    const found = stretch.filter(
      (id) => sweep.everyone || this.#landings.get(sweep.position)?.has(id) === true,
    )
    const ids = part.fragments ?? found
    const graph = this.#load([], ids)
    const review = new LifeReview(graph, catalogOf(audiences), clock)
    const profiles = new Set(ids.map((id) => (graph.fragment(id) as Fragment).profile))
    for (const profile of profiles) review.review(profile, position)
    const doneTo = part.stretch?.[1] ?? sweep.doneTo
    const swept = { ...audiences, sweep: { ...sweep, doneTo } }
    const isLast = part.stretch !== undefined && doneTo >= sweep.until
    this.#commit(graph, review, { position, audiences: isLast ? endSweep(swept) : swept })
  }

  #obeyTick(limit: number, position: number, clock: number): void {
    const { timers, audiences } = this.tables
    const due = timers.filter(({ at }) => at <= clock).sort((a, b) => a.at - b.at)
    const rows = due.slice(0, limit)
    const ids = [...new Set(rows.map(({ profile }) => profile))]
    const graph = this.#load([], ids)
    const review = new LifeReview(graph, catalogOf(audiences), clock)
    for (const profile of new Set(ids.map((id) => (graph.fragment(id) as Fragment).profile)))
      review.reviewDue(profile, position)
    const last = rows.at(-1)?.at ?? -1
    const spent = new Set(rows.filter(({ at }) => at === last).map(({ profile }) => profile))
    const left = timers.filter(({ at, profile }) => !(at < last || (at === last && spent.has(profile))))
    this.#commit(graph, review, { position, timers: left })
  }

  #mergesOf(fragments: readonly number[]) {
    const { merges, fragments: stored } = this.tables
    const profiles = fragments.map((id) => stored.get(id)?.profile)
    return merges.filter(({ a }) => profiles.includes(stored.get(a)?.profile))
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
      for (const other of put(profile).state.g ?? []) put(other)
    this.#takeHistory(graph)
    this.#previous = graph
    return graph
  }

  #takeHistory(graph: IdentityGraph): void {
    const { audiences } = this.tables
    const { sweep } = audiences
    if (sweep === undefined) return
    for (const fragment of graph.fragments()) {
      if (!lacksHistory(audiences, fragment)) continue
      const past = this.#landings.get(sweep.position)?.get(fragment.id)
      if (past === undefined) continue
      takeHistory(
        catalogOf(audiences),
        sweep,
        fragment.state,
        JSON.parse(JSON.stringify(past)) as PastState[],
      )
      graph.touch(fragment)
    }
  }

  #commit(
    graph: IdentityGraph | undefined,
    review: LifeReview | undefined,
    changes: Partial<LifeTables> & { position: number },
  ): void {
    const before = this.tables
    const clock = review?.clock ?? changes.clock ?? before.clock
    const timers = [...(changes.timers ?? before.timers), ...(review?.timers ?? [])]
    const memberships = [...(changes.memberships ?? before.memberships), ...(review?.memberships ?? [])]
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
    for (const profile of review?.touched ?? []) this.asked.add(profile)
    this.commits.push({ ...before, ...changes, ...identity, moves, clock, timers, memberships })
  }
}

function takeEvent(graph: IdentityGraph, review: LifeReview, event: LoggedEvent): EventRow | undefined {
  const { type, name, time, position, payload, bot: isBot } = event
  const decisions = graph.changes.ledger.length
  const identifiers = event.identifiers.map(keyOf)
  const { fragment } = resolveEvent(graph, {
    type,
    position,
    time,
    now: review.clock,
    source: 1,
    identifiers,
    previousId: event.previousId,
  })
  if (fragment === undefined) return undefined
  const isIdentify = type === 'identify'
  const traits = personTraits(type, { traits: payload })
  if (traits !== undefined) applyTraits(fragment.state, traits, { time, position, source: 1 }, review.clock)
  const json: JsonObject = isIdentify ? { traits: payload } : type === 'alias' ? {} : { properties: payload }
  const noted = { type, name, time, position, json, traits }
  review.noteEvent(fragment, noted, { isBot, isRegrouped: graph.changes.ledger.length > decisions })
  const row = { fragment: fragment.id, position }
  const walked = { type, name, time, position, json, bot: isBot }
  return traits === undefined
    ? { ...row, event: walked }
    : { ...row, event: walked, identify: { time, position, traits } }
}

function foldRows(
  catalog: AudienceCatalog,
  series: CatalogSeries,
  rows: readonly EventRow[],
  clock: number,
): SeriesState | undefined {
  let state: SeriesState | undefined
  for (const { event } of rows) {
    if (event === undefined || event.bot) continue
    if (!catalog.seriesOfEvent(event.type, event.name).includes(series)) continue
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
    fragments.set(id, { profile, state: JSON.stringify(state) })
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
