import { personTraits } from '@affluent/core/event/event-traits'
import type { Fragment } from '@affluent/core/profile/fragment'
import { applyTraits } from '@affluent/core/profile/traits-slice'
import type { AcceptedEvent } from '../platform/processing/accepted-event.ts'

/**
 * Stage 4: what does the event change? The traits of an identify; a group's traits belong to the company, and
 * properties to the event.
 * @param now the workspace's time, milliseconds since the epoch: what lies ahead of it waits
 * @returns names of traits that were not taken because the fragment is full
 */
export function apply(
  fragment: Fragment,
  event: AcceptedEvent,
  position: number,
  now: number,
): readonly string[] {
  const traits = personTraits(event.checked.type, event.checked.json)
  if (traits === undefined) return []
  const { source, checked } = event
  return applyTraits(fragment.state.traits, traits, { time: checked.time, position, source }, now)
}
