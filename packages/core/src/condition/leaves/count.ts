import type { CountLeaf, CountOp } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { CONDITION_COUNT_MAX } from '@affluent/protocol/limits'
import { ConditionError } from '../condition-error.ts'
import { type EventQuestion, eventAnswers, eventsWhy } from '../event-answers.ts'
import { formatEvents } from '../format-events.ts'
import { noteEvents } from '../note-names.ts'
import { countOperators } from '../operators/count-operators.ts'
import { parseEvents, readCountOp } from '../parse-events.ts'
import { asObject, refuseOthers } from '../read-json.ts'
import { seriesOfCount } from '../series.ts'
import type { Decide } from '../series-reading.ts'
import type { LeafKind } from './leaf-kind.ts'

/** How often events have happened. */
export const countLeaf: LeafKind<CountLeaf> = {
  form: 'event',
  example: {
    event: 'Order Completed',
    where: [{ property: 'revenue', op: 'gt', value: 50 }],
    count: { op: 'gte', value: 2 },
    within: '30d',
  },
  parse: (object, place) => ({
    kind: 'count',
    ...parseEvents(object, ['count'], place),
    ...parseCount(object['count'], `${place.path}.count`),
  }),
  format: (leaf) => formatEvents(leaf, { count: { op: leaf.op, value: leaf.count } }),
  compile: (leaf, zone, key) => eventAnswers(questionOf(leaf), zone, key),
  ofNobody: ({ op, count }) => (countOperators[op].holds(0, count) ? 'yes' : 'no'),
  events: (leaf) => leaf,
  sql: (leaf, facts) =>
    `${facts.countOf(leaf)} ${countOperators[leaf.op].symbol} ${facts.params.uint(leaf.count)}`,
  names: noteEvents,
  why: (leaf, person, asked) => eventsWhy(questionOf(leaf), person, asked, ({ count }) => ({ count })),
}

function questionOf(leaf: CountLeaf): EventQuestion {
  return { events: leaf, series: seriesOfCount(leaf), count: leaf, decide: countDecider(leaf) }
}

function countDecider({ op, count: wanted }: CountLeaf): Decide {
  const { holds: reaches } = countOperators[op]
  return (series, from, to) => {
    const count = to - from
    const times = series === undefined ? [] : series.t.slice(from, to)
    return { holds: reaches(count, wanted), count, value: undefined, times }
  }
}

function parseCount(json: Json | undefined, path: string): { op: CountOp; count: number } {
  if (json === undefined) return { op: 'gte', count: 1 }
  const object = asObject(json, path, '"count" is {"op","value"}.')
  refuseOthers(object, ['op', 'value'], path)
  const op = readCountOp(object, path)
  const count = object['value']
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0 || count > CONDITION_COUNT_MAX)
    throw new ConditionError(
      `${path}.value`,
      `A count is a whole number from 0 to ${CONDITION_COUNT_MAX.toLocaleString('en-US')}.`,
    )
  return { op, count }
}
