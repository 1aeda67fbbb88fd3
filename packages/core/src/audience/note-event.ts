import type { EventType, Json, JsonObject } from '@affluent/protocol/event'
import { noteEntry } from '../condition/series.ts'
import type { FragmentState } from '../profile/fragment.ts'
import { type AudienceCatalog, seriesValue } from './audience-catalog.ts'

/** What conditions read of an event. */
export interface EventToNote {
  readonly type: EventType
  readonly name: string
  /** event time, milliseconds since the epoch */
  readonly time: number
  readonly position: number
  readonly properties: Json | undefined
}

/**
 * Lets an event into every series that its pattern fits.
 * @param state of the event's fragment; changed in place
 * @param clock the workspace's time, milliseconds since the epoch
 * @param touched gets the indexes of the versions whose answer may be another one now
 * @returns numbers of the series that are cold from now on, since more came than may be kept
 */
export function noteForAudiences(
  catalog: AudienceCatalog,
  state: FragmentState,
  event: EventToNote,
  clock: number,
  touched: Set<number>,
): readonly number[] {
  const candidates = catalog.seriesOfEvent(event.type, event.name)
  if (candidates.length === 0) return NONE
  let cold = NONE
  const properties = asObject(event.properties)
  for (const series of candidates) {
    if (!series.matches(properties)) continue
    const value = seriesValue(series, properties)
    if (series.spec.property !== undefined && value === undefined) continue
    const { time, position } = event
    const known = state.c?.[series.id]
    const wasCold = known?.x === 1
    const next = noteEntry(series.spec, known, { time, position, value }, clock, catalog.zone)
    if (next === undefined) continue
    if (known === undefined) (state.c ??= {})[series.id] = next
    if (next.x === 1 && !wasCold) cold = [...cold, series.id]
    for (const version of series.versions) touched.add(version)
  }
  return cold
}

const NONE: readonly number[] = []

function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined
}
