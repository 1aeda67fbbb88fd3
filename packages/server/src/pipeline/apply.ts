import { applyTraits, type Fragment } from '@affluent/core/profile/fragment'
import type { JsonObject } from '@affluent/protocol/event'
import type { AcceptedEvent } from './accepted-event.ts'

/**
 * Room 4: what does the event change? The traits of an identify; a group's traits belong to the company, and properties to the event.
 * @returns names of traits that were not taken because the fragment is full
 */
export function apply(fragment: Fragment, event: AcceptedEvent, position: number): readonly string[] {
  const traits = traitsOf(event)
  if (traits === undefined) return []
  return applyTraits(fragment.state, traits, { time: event.checked.time, position, source: event.source })
}

/** The traits that an event says about its person; undefined when it says none. */
export function traitsOf(event: AcceptedEvent): JsonObject | undefined {
  const { type, json } = event.checked
  const traits = json['traits']
  if (type !== 'identify' || typeof traits !== 'object' || traits === null || Array.isArray(traits))
    return undefined
  return traits
}
