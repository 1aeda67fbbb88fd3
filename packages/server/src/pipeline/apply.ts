import { personTraits } from '@affluent/core/event/event-traits'
import { applyTraits, type Fragment } from '@affluent/core/profile/fragment'
import type { AcceptedEvent } from './accepted-event.ts'

/**
 * Room 4: what does the event change? The traits of an identify; a group's traits belong to the company, and properties to the event.
 * @returns names of traits that were not taken because the fragment is full
 */
export function apply(fragment: Fragment, event: AcceptedEvent, position: number): readonly string[] {
  const traits = personTraits(event.checked.type, event.checked.json)
  if (traits === undefined) return []
  return applyTraits(fragment.state, traits.set, { time: event.checked.time, position, source: event.source })
}
