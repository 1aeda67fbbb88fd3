import type { AskedType, CountOp } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { marked } from '../../sentence/marked.ts'
import type { Speaker } from '../../sentence/speaker.ts'
import type { Texts } from '../../sentence/texts.ts'
import {
  type DescribedEvents,
  describeEventClause,
  namedTypeOf,
  readEvents,
} from '../describe/describe-events.ts'
import { jsonObject } from '../json-object.ts'
import type { CountOperator } from '../operators/count-operator.ts'
import { countOperators } from '../operators/count-operators.ts'
import type { LeafWords } from './leaf-words.ts'

const DONE = {
  track: { en: 'who have done {event}', fr: 'qui ont fait {event}' },
  page: { en: 'who have seen the page {event}', fr: 'qui ont vu la page {event}' },
  screen: { en: 'who have seen the screen {event}', fr: 'qui ont vu l’écran {event}' },
}
const NEVER_DONE = {
  track: { en: 'who have not done {event}', fr: 'qui n’ont pas fait {event}' },
  page: { en: 'who have not seen the page {event}', fr: 'qui n’ont pas vu la page {event}' },
  screen: { en: 'who have not seen the screen {event}', fr: 'qui n’ont pas vu l’écran {event}' },
}
const DONE_ANY: Readonly<Record<AskedType, Texts>> = {
  track: { en: 'who have done anything', fr: 'qui ont fait quoi que ce soit' },
  page: { en: 'who have seen any page', fr: 'qui ont vu une page quelconque' },
  screen: { en: 'who have seen any screen', fr: 'qui ont vu un écran quelconque' },
  identify: { en: 'who have been identified', fr: 'qui ont été identifiées' },
  group: { en: 'who have been put into a company', fr: 'qui ont été rattachées à une entreprise' },
}
const NEVER_ANY: Readonly<Record<AskedType, Texts>> = {
  track: { en: 'who have done nothing', fr: 'qui n’ont rien fait' },
  page: { en: 'who have seen no page', fr: 'qui n’ont vu aucune page' },
  screen: { en: 'who have seen no screen', fr: 'qui n’ont vu aucun écran' },
  identify: { en: 'who have not been identified', fr: 'qui n’ont pas été identifiées' },
  group: { en: 'who have not been put into a company', fr: 'qui n’ont pas été rattachées à une entreprise' },
}
const ANY_TIMES: Texts = { en: 'any number of times', fr: 'un nombre quelconque de fois' }
/** How often an event is asked for that says nothing of it. */
const AT_LEAST_ONCE: JsonObject = { op: 'gte', value: 1 }

export const countWords: LeafWords = {
  recognizes: (object) => object['event'] !== undefined && !('aggregate' in object),
  describe: (leaf, speaker) => {
    const events = readEvents(leaf, speaker)
    const { op, value } = countOf(leaf)
    const operator: CountOperator | undefined = countOperators[op as CountOp]
    if (events === undefined || operator === undefined) return undefined
    const count = Number(value)
    const means = operator.means(count)
    const head = describeDone(events, means === 'never', speaker)
    const times =
      means === 'any'
        ? speaker.say(ANY_TIMES)
        : means === undefined
          ? speaker.sayCount(operator.sentence, count, { shown: marked(speaker.number(count)) })
          : ''
    return describeEventClause([head, times], leaf, speaker)
  },
  opposite: (leaf) => {
    const count = countOf(leaf)
    const op = countOperators[count['op'] as CountOp]?.opposite
    return op === undefined ? undefined : { ...leaf, count: { ...count, op } }
  },
}

function countOf({ count }: JsonObject): { readonly [key: string]: Json } {
  return jsonObject(count) ?? AT_LEAST_ONCE
}

function describeDone({ type, names }: DescribedEvents, isNever: boolean, speaker: Speaker): string {
  if (names === undefined) return speaker.say((isNever ? NEVER_ANY : DONE_ANY)[type])
  return speaker.say((isNever ? NEVER_DONE : DONE)[namedTypeOf(type)], { event: names })
}
