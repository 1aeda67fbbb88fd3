import type { Aggregate } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { quoted } from '../../sentence/quoted.ts'
import type { AggregateFunction } from '../aggregates/aggregate-function.ts'
import { aggregates } from '../aggregates/aggregates.ts'
import { describeEventClause, describeEvents, readEvents } from '../describe/describe-events.ts'
import { describeTest } from '../describe/describe-test.ts'
import { jsonObject } from '../json-object.ts'
import type { LeafWords } from './leaf-words.ts'

export const aggregateWords: LeafWords = {
  recognizes: (object) => object['event'] !== undefined && 'aggregate' in object,
  describe: (leaf, speaker) => {
    const events = readEvents(leaf, speaker)
    const { fn, property } = jsonObject(leaf['aggregate']) ?? {}
    const aggregate: AggregateFunction | undefined = aggregates[fn as Aggregate]
    if (events === undefined || aggregate === undefined) return undefined
    const measured = speaker.say(aggregate.sentence, {
      property: quoted(String(property), speaker.language),
      event: describeEvents(events, speaker),
      test: describeTest(testOf(leaf), speaker),
    })
    return describeEventClause([measured], leaf, speaker)
  },
}

function testOf({ op = null, value, ignoreCase, as }: JsonObject): JsonObject {
  return {
    op,
    ...(value === undefined ? {} : { value }),
    ...(ignoreCase === undefined ? {} : { ignoreCase }),
    ...(as === undefined ? {} : { as }),
  }
}
