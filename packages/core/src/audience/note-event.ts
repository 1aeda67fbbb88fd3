import type { EventType, JsonObject } from '@affluent/protocol/event'
import type { CompiledLeaf } from '../condition/compile-condition.ts'
import { noteEntry } from '../condition/series.ts'
import type { AskedEvent } from '../condition/where-test.ts'
import { askedProperties, isTyped } from '../event/asked-properties.ts'
import { visibleProperties } from '../event/visible-properties.ts'
import type { FragmentState } from '../profile/fragment.ts'
import { type AudienceCatalog, seriesValues } from './audience-catalog.ts'
import type { Person } from './person.ts'

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
  /** indexes of the versions that ask a leaf whose answer is another one now */
  readonly versions: ReadonlySet<number>
  /** leaves whose moment to be asked again may be another one now */
  readonly leaves: readonly CompiledLeaf[]
  /** numbers of the series that are cold from now on, since more came than may be kept */
  readonly cold: readonly number[]
}

/**
 * Lets an event into every series that its pattern fits, and says whose answers that changes: most events change none.
 * @param person whose the event is
 * @param state of the event's fragment; changed in place
 * @param clock the workspace's time, milliseconds since the epoch
 */
export function noteForAudiences(
  catalog: AudienceCatalog,
  person: Person,
  state: FragmentState,
  event: EventToNote,
  clock: number,
): Noted {
  const candidates = catalog.seriesOfEvent(event.type, event.name)
  if (candidates.length === 0) return NOTHING
  const versions = new Set<number>()
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
    const known = state.c?.[series.id]
    const wasCold = known?.x === 1
    const next = noteEntry(series.spec, known, { time, position, values }, clock, catalog.zone)
    if (next === undefined) continue
    if (known === undefined) (state.c ??= {})[series.id] = next
    person.forget(series.id)
    if (next.x === 1 && !wasCold) cold.push(series.id)
    for (const [index, leaf] of series.leaves.entries()) {
      leaves.push(leaf)
      if (leaf.holds(person, clock) === held[index]) continue
      for (const version of catalog.versionsOfLeaf(leaf)) versions.add(version)
    }
  }
  return { versions, leaves, cold }
}

/** What conditions read of an event. */
export function askedOf({ type, json }: EventToNote): AskedEvent {
  const whole = askedProperties(type, json)
  // what ClickHouse does not keep by path, nobody may ask: both would answer differently
  const properties = whole === undefined || !isTyped(type) ? whole : visibleProperties(whole)
  return { properties, whole, context: json['context'] }
}

const NOTHING: Noted = { versions: new Set(), leaves: [], cold: [] }
