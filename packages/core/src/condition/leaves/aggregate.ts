import type { Aggregate } from '@affluent/protocol/condition'
import { AGGREGATES, type AggregateLeaf, type AskedType, type ValueTest } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { SUM_VALUE_END } from '@affluent/protocol/limits'
import { aggregates } from '../aggregates/aggregates.ts'
import { ConditionError } from '../condition-error.ts'
import { type EventQuestion, eventAnswers, eventsWhy } from '../event-answers.ts'
import { formatEvents } from '../format-events.ts'
import { formatTest } from '../format-test.ts'
import { jsonObject } from '../json-object.ts'
import { noteEvents } from '../note-names.ts'
import { parseEvents, readCountOp } from '../parse-events.ts'
import { parsePath } from '../parse-path.ts'
import { parseValueTest, VALUE_TEST_KEYS } from '../parse-value-test.ts'
import { asObject, readText, refuseOthers } from '../read-json.ts'
import { seriesOfAggregate } from '../series.ts'
import { compileTest } from '../value-test.ts'
import type { LeafKind, LeafPlace } from './leaf-kind.ts'

/** What the values of a property over events come to. */
export const aggregateLeaf: LeafKind<AggregateLeaf> = {
  form: 'event',
  marker: 'aggregate',
  example: aggregates.sum.example,
  parse: (object, place) => {
    const events = parseEvents(object, ['aggregate', ...VALUE_TEST_KEYS], place)
    return { kind: 'aggregate', ...events, ...parseAggregate(object, events.type, place) }
  },
  format: (leaf) => {
    const { fn, property } = leaf
    return formatEvents(leaf, { aggregate: { fn, property }, ...formatTest(leaf as ValueTest) })
  },
  compile: (leaf, zone, key) => eventAnswers(questionOf(leaf, zone), zone, key),
  ofNobody: () => 'no',
  events: (leaf) => leaf,
  sql: (leaf, facts) => aggregates[leaf.fn].holdsSql(leaf, facts.aggregateOf(leaf, leaf)),
  names: (object, path, names) => {
    const property = jsonObject(object['aggregate'])?.['property']
    const measured = typeof property === 'string' ? { property, at: `${path}.aggregate.property` } : undefined
    noteEvents(object, path, names, measured)
  },
  why: (leaf, person, asked) =>
    eventsWhy(questionOf(leaf, asked.zone), person, asked, ({ value, count }) => ({
      value: value ?? null,
      values: count,
    })),
}

function questionOf(leaf: AggregateLeaf, zone: string): EventQuestion {
  const decide = aggregates[leaf.fn].decider(leaf, (test) => compileTest(test, zone))
  return { events: leaf, series: seriesOfAggregate(leaf), decide }
}

type AggregatePart = Pick<AggregateLeaf, 'fn' | 'property' | 'op' | 'value' | 'ignoreCase' | 'as'>

function parseAggregate(object: JsonObject, type: AskedType, { path, zone }: LeafPlace): AggregatePart {
  const at = `${path}.aggregate`
  const said = asObject(object['aggregate'], at, '"aggregate" is {"fn","property"}.')
  refuseOthers(said, ['fn', 'property'], at)
  const fn = said['fn'] as Aggregate
  if (!AGGREGATES.includes(fn))
    throw new ConditionError(`${at}.fn`, `"fn" is one of ${AGGREGATES.join(', ')}.`)
  const property = parsePath(readText(said, 'property', at), type, `${at}.property`)
  if (aggregates[fn].comparedBy === 'values')
    return { fn, property, ...parseValueTest(object, { path, zone, timeMoves: false }) }
  const op = readCountOp(object, path)
  const value = object['value']
  if (typeof value !== 'number' || Math.abs(value) >= SUM_VALUE_END)
    throw new ConditionError(`${path}.value`, `"${fn}" is compared with a number below ${SUM_VALUE_END}.`)
  if (Object.hasOwn(object, 'ignoreCase'))
    throw new ConditionError(`${path}.ignoreCase`, 'Numbers have no case: leave "ignoreCase" out.')
  if (Object.hasOwn(object, 'as'))
    throw new ConditionError(`${path}.as`, `"${fn}" is a number already: leave "as" out.`)
  return { fn, property, op, value }
}
