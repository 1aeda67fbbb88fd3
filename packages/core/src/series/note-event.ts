import type { EventType, JsonObject } from '@affluent/protocol/event'
import type { CompiledLeaf, ConditionSubject } from '../condition/compile-condition.ts'
import { noteEntry } from '../condition/series.ts'
import type { AskedEvent } from '../condition/where-test.ts'
import { askedProperties, isTyped } from '../event/asked-properties.ts'
import { visibleProperties } from '../event/visible-properties.ts'
import { type SeriesCatalog, seriesValues } from './series-catalog.ts'
import { isCold, putSeries, type SeriesSliceState, seriesIn } from './series-slice.ts'

/** What conditions read of an event. */
export interface EventToNote {
  readonly type: EventType
  readonly name: string
  /** event time, milliseconds since the epoch */
  readonly time: number
  readonly position: number
  /** the whole call */
  readonly json: JsonObject
}

/** What an event has changed in the answers about a person. */
export interface Noted {
  /** leaves whose answer is another one now */
  readonly turned: readonly CompiledLeaf[]
  /** leaves whose moment to be asked again may be another one now */
  readonly leaves: readonly CompiledLeaf[]
  /** numbers of the series that are cold from now on, since more came than may be kept */
  readonly cold: readonly number[]
}

/** A person whose folded series are kept while it is asked. */
export interface SeriesSubject extends ConditionSubject {
  /** a series has grown since it was folded */
  forget(series: number): void
}

/**
 * Lets an event into every series that its pattern fits, and says which answers that changes: most events change none.
 * @param person whose the event is
 * @param state of the event's fragment; changed in place
 * @param clock the workspace's time, milliseconds since the epoch
 */
export function noteInSeries(
  catalog: SeriesCatalog,
  person: SeriesSubject,
  state: SeriesSliceState,
  event: EventToNote,
  clock: number,
): Noted {
  const candidates = catalog.ofEvent(event.type, event.name)
  if (candidates.length === 0) return NOTHING
  const turned: CompiledLeaf[] = []
  const leaves: CompiledLeaf[] = []
  const cold: number[] = []
  const asked = askedOf(event)
  for (const series of candidates) {
    if (!series.matches(asked)) continue
    const isValued = series.spec.property !== undefined
    const values = isValued ? seriesValues(series, asked) : undefined
    if (values?.length === 0) continue
    const { time, position } = event
    const held = series.leaves.map((leaf) => leaf.holds(person, clock))
    const known = seriesIn(state, series.id)
    const wasCold = isCold(known)
    const next = noteEntry(series.spec, known, { time, position, values }, clock, catalog.zone)
    if (next === undefined) continue
    if (known === undefined) putSeries(state, series.id, next)
    person.forget(series.id)
    if (isCold(next) && !wasCold) cold.push(series.id)
    for (let index = 0; index < held.length; index++) {
      const leaf = series.leaves[index] as CompiledLeaf
      leaves.push(leaf)
      if (leaf.holds(person, clock) !== held[index]) turned.push(leaf)
    }
  }
  return { turned, leaves, cold }
}

/** What conditions read of an event. */
export function askedOf({ type, json }: EventToNote): AskedEvent {
  const whole = askedProperties(type, json)
  // what ClickHouse does not keep by path, nobody may ask: both would answer differently
  const properties = whole === undefined || !isTyped(type) ? whole : visibleProperties(whole)
  return { properties, whole, context: json['context'] }
}

const NOTHING: Noted = { turned: [], leaves: [], cold: [] }
