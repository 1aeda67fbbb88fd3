import type { Condition } from '@affluent/protocol/condition'
import { EVENT_SERIES_MAX, WORKSPACE_SERIES_MAX } from '@affluent/protocol/limits'
import { ConditionError, type FaultReason } from '../condition/condition-error.ts'
import { namesOf } from '../condition/event-names.ts'
import type { SeriesSpec } from '../condition/series-state.ts'
import { SeriesOfEvents } from '../series/series-catalog.ts'
import { neededSeries } from './audience-catalog.ts'

/** What the audiences of a workspace cost each event and each fragment. */
export interface SeriesLoad {
  /** distinct series of all audiences */
  readonly series: number
  /** the most of them that one event may belong to */
  readonly ofOneEvent: number
  /** the name of such an event, or the beginning of it; undefined: without any series */
  readonly event: string | undefined
}

/**
 * What conditions cost together: leaves that ask the same events in the same way share a series.
 * @param conditions canonical, without leaves that name audiences
 * @param zone IANA name of the workspace
 */
export function seriesLoad(conditions: readonly Condition[], zone: string): SeriesLoad {
  const specs = neededSeries(conditions, zone)
  return { series: specs.length, ...busiestEvent(specs) }
}

/**
 * Checks that the audiences of a workspace stay within what each event may cost. What has grown beyond the bounds
 * before they were there may shrink step by step.
 * @param before what all audiences cost now; asked only beyond a bound
 * @param after what they would cost
 * @throws ConditionError that says how many series there would be
 */
export function checkSeries(before: () => SeriesLoad, after: SeriesLoad): void {
  if (after.series > WORKSPACE_SERIES_MAX && after.series > before().series)
    throw tooDear('too_many_series', after.series, WORKSPACE_SERIES_MAX, {
      subject: 'The audiences of this workspace',
    })
  if (after.ofOneEvent > EVENT_SERIES_MAX && after.ofOneEvent > before().ofOneEvent)
    throw tooDear('too_many_series_of_event', after.ofOneEvent, EVENT_SERIES_MAX, {
      subject: `The audiences that ask for "${after.event}"`,
      event: after.event as string,
    })
}

function tooDear(
  reason: FaultReason,
  count: number,
  max: number,
  { subject, ...named }: { readonly subject: string; readonly event?: string },
): ConditionError {
  const message = `${subject} would keep ${format(count)} different series of events for each profile; the most is ${format(max)}. Event conditions with the same event, "where" and aggregate share one: ask alike what means the same, or delete audiences that nobody uses.`
  return new ConditionError('condition', message, 'condition_too_dear', { reason, max, count, ...named })
}

function format(count: number): string {
  return count.toLocaleString('en-US')
}

/**
 * A name fits every beginning that it has, so that no name fits more series than one that is written in a pattern, or
 * than a beginning taken as a name.
 */
function busiestEvent(specs: readonly SeriesSpec[]): Pick<SeriesLoad, 'ofOneEvent' | 'event'> {
  const series = new SeriesOfEvents<SeriesSpec>()
  for (const spec of specs) series.add(spec, spec)
  let busiest: Pick<SeriesLoad, 'ofOneEvent' | 'event'> = { ofOneEvent: 0, event: undefined }
  for (const { type, event } of specs) {
    const { names, prefixes } = namesOf(event)
    for (const name of [...names, ...prefixes]) {
      const { length } = series.of(type, name)
      if (length > busiest.ofOneEvent) busiest = { ofOneEvent: length, event: name === '' ? type : name }
    }
  }
  return busiest
}
