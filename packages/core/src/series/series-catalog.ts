import type { EventPattern, Scalar } from '@affluent/protocol/condition'
import type { EventType, Json } from '@affluent/protocol/event'
import type { CompiledLeaf } from '../condition/compile-condition.ts'
import { namesOf } from '../condition/event-names.ts'
import { isScalar } from '../condition/operators/value-form.ts'
import type { SeriesSpec } from '../condition/series-state.ts'
import { type AskedEvent, compileWhere, valuesOfEvent } from '../condition/where-test.ts'

/** Who needs series: a version of an audience; computed traits, entries of scenarios and scores come beside it. */
export interface SeriesConsumer {
  readonly kind: 'audience_version'
  readonly id: number
  /** those that no series answers are passed over */
  readonly leaves: readonly CompiledLeaf[]
}

/** A series that is kept, with who needs it. */
export interface KeptSeries {
  readonly id: number
  readonly spec: SeriesSpec
  readonly consumers: readonly SeriesConsumer[]
  /** the leaves that it answers */
  readonly leaves: readonly CompiledLeaf[]
  readonly matches: (event: AskedEvent) => boolean
  /** its past is still being computed */
  readonly isPreparing: boolean
}

/** What the catalog is made of. */
export interface SeriesSource {
  readonly consumers: readonly SeriesConsumer[]
  /** numbers of the series that are kept, by key */
  readonly numbers: ReadonlyMap<string, number>
  /** IANA name of the workspace */
  readonly zone: string
  /** numbers of the series whose past is still being computed */
  readonly preparing?: ReadonlySet<number> | undefined
}

/** All series of a workspace, indexed by the events that they take. Immutable: a change makes a new catalog. */
export class SeriesCatalog {
  readonly all: readonly KeptSeries[]
  readonly zone: string
  readonly #byId = new Map<number, KeptSeries>()
  /** by the object that a leaf holds: comparing long keys for every event would cost more than asking */
  readonly #bySpec = new Map<SeriesSpec, KeptSeries>()
  readonly #ofEvents = new SeriesOfEvents<KeptSeries>()

  /** @throws when a series has no number */
  constructor({ consumers, numbers, zone, preparing }: SeriesSource) {
    this.zone = zone
    this.all = collect(consumers).map(({ spec, ...users }) => {
      const id = numbers.get(spec.key)
      if (id === undefined) throw new Error(`A series has no number: ${spec.key}`)
      const isPreparing = preparing?.has(id) === true
      return { id, spec, ...users, matches: compileWhere(spec.where, zone), isPreparing }
    })
    for (const each of this.all) {
      this.#byId.set(each.id, each)
      this.#ofEvents.add(each.spec, each)
      for (const { series } of each.leaves) if (series !== undefined) this.#bySpec.set(series, each)
    }
  }

  byId(id: number): KeptSeries | undefined {
    return this.#byId.get(id)
  }

  /** @param spec of a leaf of a consumer */
  of(spec: SeriesSpec): KeptSeries | undefined {
    return this.#bySpec.get(spec)
  }

  /** Series that events of this name may belong to. */
  ofEvent(type: EventType, name: string): readonly KeptSeries[] {
    return this.#ofEvents.of(type, name)
  }

  /** Series that some consumers need. */
  neededBy(isAsked: (consumer: SeriesConsumer) => boolean): KeptSeries[] {
    return this.all.filter(({ consumers }) => consumers.some(isAsked))
  }
}

interface SharedSeries {
  readonly spec: SeriesSpec
  readonly consumers: readonly SeriesConsumer[]
  readonly leaves: readonly CompiledLeaf[]
}

/** Leaves of equal keys share a series. */
function collect(consumers: readonly SeriesConsumer[]): SharedSeries[] {
  const found = new Map<
    string,
    { spec: SeriesSpec; consumers: Set<SeriesConsumer>; leaves: Set<CompiledLeaf> }
  >()
  for (const consumer of consumers) {
    for (const leaf of consumer.leaves) {
      const { series } = leaf
      if (series === undefined) continue
      let known = found.get(series.key)
      if (known === undefined) {
        known = { spec: series, consumers: new Set(), leaves: new Set() }
        found.set(series.key, known)
      }
      known.consumers.add(consumer)
      known.leaves.add(leaf)
    }
  }
  return [...found.values()].map(({ spec, consumers: users, leaves }) => {
    return { spec, consumers: [...users], leaves: [...leaves] }
  })
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
    if (prefixed === undefined) return named ?? NO_SERIES
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

const NO_SERIES: readonly never[] = []
const NAMES_REMEMBERED = 10_000

function push<T>(map: Map<string, T[]>, key: string, value: T): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [value])
  else list.push(value)
}

/**
 * The values that an event brings to a series that keeps values: one, of a sum, an average or a number of different
 * values all.
 */
export function seriesValues({ spec }: Pick<KeptSeries, 'spec'>, event: AskedEvent): readonly Scalar[] {
  const { keeper, property } = spec
  if (property === undefined) return []
  const values = valuesOfEvent(event, property)
  const counting = keeper.values === 'numbers' ? isNumber : isScalar
  return keeper.take(values.filter(counting) as Scalar[])
}

function isNumber(value: Json): boolean {
  return typeof value === 'number'
}
