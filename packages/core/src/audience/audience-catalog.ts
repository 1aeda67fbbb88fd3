import type {
  AggregateLeaf,
  Condition,
  CountLeaf,
  EventPattern,
  Leaf,
  Scalar,
  ValueOp,
} from '@affluent/protocol/condition'
import type { EventType } from '@affluent/protocol/event'
import {
  type CompiledCondition,
  type CompiledLeaf,
  ConditionCompiler,
} from '../condition/compile-condition.ts'
import { mayHoldWithoutEvents } from '../condition/condition-tree.ts'
import { compileEventLeaf } from '../condition/event-leaf.ts'
import { namesOf } from '../condition/event-names.ts'
import type { SeriesSpec } from '../condition/series.ts'
import { type AskedEvent, compileWhere, valuesOfEvent } from '../condition/where-test.ts'

/** One definition of an audience: a change makes a new version, and both are kept up to date until the new one is live. */
export interface AudienceVersion {
  /** dense number, never used again */
  readonly id: number
  readonly audience: number
  /** canonical, with its population, without leaves that name audiences */
  readonly condition: Condition
  /** the version whose members it takes over, with their since; 0: none */
  readonly follows: number
}

/** A version that can be asked. */
export interface CompiledVersion extends AudienceVersion {
  /** place in the catalog */
  readonly index: number
  readonly compiled: CompiledCondition
  /** whether somebody without any event of its leaves may be in it */
  readonly needsEveryone: boolean
  /** whether somebody may enter or leave it by time alone without any event: a trait that names a date */
  readonly movesEveryone: boolean
  /** not asked yet: its history is still being computed */
  readonly isAsleep: boolean
}

/** A series of the catalog with who needs it. */
export interface CatalogSeries {
  readonly id: number
  readonly spec: SeriesSpec
  /** indexes of the versions that ask it */
  readonly versions: readonly number[]
  /** the leaves that it answers */
  readonly leaves: readonly CompiledLeaf[]
  readonly matches: (event: AskedEvent) => boolean
}

/** What the catalog is made of, as it is kept. */
export interface CatalogSource {
  readonly versions: readonly AudienceVersion[]
  /** numbers of the series that are kept, by key */
  readonly series: ReadonlyMap<string, number>
  readonly zone: string
  /** versions that are not asked yet */
  readonly asleep?: ReadonlySet<number>
}

/** All versions of a workspace's audiences, compiled once, indexed by what they read. Immutable: a change makes a new catalog. */
export class AudienceCatalog {
  readonly versions: readonly CompiledVersion[]
  readonly series: readonly CatalogSeries[]
  readonly zone: string
  /** how many different leaves there are */
  readonly leaves: number
  readonly #seriesById = new Map<number, CatalogSeries>()
  /** by the object that a leaf holds: comparing long keys for every event would cost more than asking */
  readonly #seriesBySpec = new Map<SeriesSpec, CatalogSeries>()
  readonly #seriesOfEvents = new SeriesOfEvents<CatalogSeries>()
  readonly #versionsByTrait = new Map<string, number[]>()
  /** by the index of the leaf */
  readonly #versionsByLeaf: number[][] = []
  readonly #versionsById = new Map<number, CompiledVersion>()

  constructor({ versions, series: ids, zone, asleep }: CatalogSource) {
    const compiler = new ConditionCompiler(zone)
    this.zone = zone
    const inOrder = [...versions].sort((a, b) => a.id - b.id)
    this.versions = inOrder.map((version, index) => {
      const compiled = compiler.compile(version.condition)
      return {
        ...{ ...version, index, compiled, isAsleep: asleep?.has(version.id) === true },
        needsEveryone: needsEveryone(version.condition, zone),
        movesEveryone: compiled.leaves.some(({ leaf }) => isMovingTrait(leaf)),
      }
    })
    this.leaves = compiler.size
    this.series = collectSeries(this.versions, ids, zone)
    for (const each of this.series) {
      this.#seriesById.set(each.id, each)
      this.#seriesOfEvents.add(each.spec, each)
    }
    const byKey = new Map(this.series.map((each) => [each.spec.key, each]))
    for (const version of this.versions) {
      for (const { index } of version.compiled.leaves)
        (this.#versionsByLeaf[index] ??= []).push(version.index)
      for (const { series } of version.compiled.leaves)
        if (series !== undefined) this.#seriesBySpec.set(series, byKey.get(series.key) as CatalogSeries)
      this.#versionsById.set(version.id, version)
      for (const trait of traitsOf(version.compiled.leaves)) push(this.#versionsByTrait, trait, version.index)
    }
  }

  get isEmpty(): boolean {
    return this.versions.length === 0
  }

  version(id: number): CompiledVersion | undefined {
    return this.#versionsById.get(id)
  }

  seriesById(id: number): CatalogSeries | undefined {
    return this.#seriesById.get(id)
  }

  /** @param spec of a leaf of this catalog */
  seriesOf(spec: SeriesSpec): CatalogSeries | undefined {
    return this.#seriesBySpec.get(spec)
  }

  /** All series that some versions ask, by the ids of the versions. */
  seriesOfVersions(ids: readonly number[]): CatalogSeries[] {
    const indexes = new Set(ids.map((id) => this.#versionsById.get(id)?.index))
    return this.series.filter(({ versions }) => versions.some((index) => indexes.has(index)))
  }

  /** Series that events of this name may belong to. */
  seriesOfEvent(type: EventType, name: string): readonly CatalogSeries[] {
    return this.#seriesOfEvents.of(type, name)
  }

  /** Indexes of the versions that ask a leaf. */
  versionsOfLeaf({ index }: CompiledLeaf): readonly number[] {
    return this.#versionsByLeaf[index] ?? []
  }

  /** Indexes of the versions that read a trait. */
  versionsOfTrait(name: string): readonly number[] {
    return this.#versionsByTrait.get(name) ?? []
  }
}

/** The series that versions need. */
export function neededSeries(conditions: readonly Condition[], zone: string): SeriesSpec[] {
  const compiler = new ConditionCompiler(zone)
  const specs = new Map<string, SeriesSpec>()
  for (const condition of conditions)
    for (const { series } of compiler.compile(condition).leaves)
      if (series !== undefined) specs.set(series.key, series)
  return [...specs.values()]
}

function isMovingTrait(leaf: Leaf): boolean {
  if (leaf.kind === 'each') return leaf.where.some(({ op }) => isMoving(op))
  return leaf.kind === 'trait' && isMoving(leaf.op)
}

function isMoving(op: ValueOp): boolean {
  return op === 'within_last' || op === 'within_next' || op === 'anniversary_within_next'
}

function needsEveryone(condition: Condition, zone: string): boolean {
  return mayHoldWithoutEvents(condition, (leaf) =>
    compileEventLeaf(leaf as CountLeaf | AggregateLeaf, zone).holds(undefined, 0),
  )
}

function collectSeries(
  versions: readonly CompiledVersion[],
  ids: ReadonlyMap<string, number>,
  zone: string,
): CatalogSeries[] {
  const found = new Map<string, { spec: SeriesSpec; versions: Set<number>; leaves: Set<CompiledLeaf> }>()
  for (const { compiled, index } of versions) {
    for (const leaf of compiled.leaves) {
      const { series } = leaf
      if (series === undefined) continue
      let known = found.get(series.key)
      if (known === undefined) {
        known = { spec: series, versions: new Set(), leaves: new Set() }
        found.set(series.key, known)
      }
      known.versions.add(index)
      known.leaves.add(leaf)
    }
  }
  return [...found.values()].map(({ spec, versions: users, leaves }) => {
    const id = ids.get(spec.key)
    if (id === undefined) throw new Error(`A series has no number: ${spec.key}`)
    return { id, spec, versions: [...users], leaves: [...leaves], matches: compileWhere(spec.where, zone) }
  })
}

function traitsOf(leaves: readonly CompiledLeaf[]): Set<string> {
  return new Set(leaves.flatMap(({ trait }) => (trait === undefined ? [] : [trait])))
}

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/** Which series events of a name may belong to. */
export class SeriesOfEvents<Series> {
  readonly #byName = new Map<EventType, Map<string, Series[]>>()
  /** those that ask for beginnings of names, by type */
  readonly #byPrefix = new Map<string, { readonly prefix: string; readonly series: Series }[]>()
  /** answers for names that were asked, where prefixes must be looked through */
  readonly #found = new Map<string, readonly Series[]>()

  add({ type, event }: EventPattern, series: Series): void {
    const { names, prefixes } = namesOf(event)
    let byName = this.#byName.get(type)
    if (byName === undefined) this.#byName.set(type, (byName = new Map()))
    for (const name of names) push(byName, name, series)
    for (const prefix of prefixes) push(this.#byPrefix, type, { prefix, series })
  }

  of(type: EventType, name: string): readonly Series[] {
    const named = this.#byName.get(type)?.get(name)
    const prefixed = this.#byPrefix.get(type)
    if (prefixed === undefined) return named ?? []
    const key = `${type}\n${name}`
    let found = this.#found.get(key)
    if (found === undefined) {
      const fitting = prefixed.filter(({ prefix }) => name.startsWith(prefix)).map(({ series }) => series)
      found = [...new Set([...(named ?? []), ...fitting])]
      // names are the senders' to invent
      if (this.#found.size >= NAMES_REMEMBERED) this.#found.clear()
      this.#found.set(key, found)
    }
    return found
  }
}

const NAMES_REMEMBERED = 10_000

/** The values that an event brings to a series that keeps values: one, of a sum, an average or a number of different values all. */
export function seriesValues({ spec }: CatalogSeries, event: AskedEvent): readonly Scalar[] {
  const { keeps, property } = spec
  if (property === undefined) return []
  const values = valuesOfEvent(event, property)
  const takesNumbersOnly = keeps === 'sum' || keeps === 'avg' || keeps === 'min' || keeps === 'max'
  const taken = (
    takesNumbersOnly
      ? values.filter((value) => typeof value === 'number')
      : values.filter((value) => typeof value !== 'object')
  ) as Scalar[]
  if (taken.length < 2) return taken
  switch (keeps) {
    case 'min':
    case 'max':
      return [(taken as number[]).reduce((a, b) => ((keeps === 'min' ? b < a : b > a) ? b : a))]
    case 'first':
      return taken.slice(0, 1)
    case 'last':
      return taken.slice(-1)
    default:
      return taken
  }
}
