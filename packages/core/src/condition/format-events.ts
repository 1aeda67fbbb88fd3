import type { Window } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { unreachable } from '@affluent/protocol/unreachable'
import { formatEventNames } from './event-names.ts'
import { formatWhereTest } from './format-test.ts'
import type { LeafEvents } from './leaves/leaf-kind.ts'
import { formatSpan } from './parse-window.ts'

/**
 * Which events a leaf is about, as `parseEvents` reads them.
 * @param measure what stands between their tests and when they count
 */
export function formatEvents({ event, type, where, within }: LeafEvents, measure: JsonObject): JsonObject {
  const name = type !== 'track' && event === undefined ? undefined : formatEventNames(event)
  return {
    event: type === 'track' ? (name as Json) : { type, ...(name === undefined ? {} : { name }) },
    ...(where.length === 0 ? {} : { where: where.map(formatWhereTest) }),
    ...measure,
    ...(within === undefined ? {} : { within: formatWindow(within) }),
  }
}

function formatWindow(window: Window): Json {
  switch (window.kind) {
    case 'roll':
    case 'back':
      return formatSpan(window)
    case 'this':
      return `this ${window.unit}`
    case 'last':
      return `last ${window.count} calendar ${window.unit}s`
    case 'range':
      return {
        ...(window.from === null ? {} : { from: new Date(window.from).toISOString() }),
        ...(window.to === null ? {} : { to: new Date(window.to).toISOString() }),
      }
    default:
      return unreachable(window)
  }
}
