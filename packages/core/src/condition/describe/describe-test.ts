import type { Reading, Scalar, ValueOp } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { marked } from '../../sentence/marked.ts'
import { quoted } from '../../sentence/quoted.ts'
import type { Speaker } from '../../sentence/speaker.ts'
import type { Texts } from '../../sentence/texts.ts'
import { jsonObject } from '../json-object.ts'
import type { Operator } from '../operators/operator.ts'
import { operators } from '../operators/operators.ts'
import { readFormed } from '../operators/value-form.ts'
import { describeEnd, describeValue, describeValues } from './describe-value.ts'
import { describeSpan } from './describe-window.ts'

const UNKNOWN: Texts = { en: 'meets {value}', fr: 'vérifie {value}' }
const IGNORES_CASE: Texts = { en: '(case and accents ignored)', fr: '(casse et accents ignorés)' }
const READ_AS: Readonly<Record<Reading, Texts>> = {
  number: { en: '(texts read as numbers)', fr: '(textes lus comme des nombres)' },
  date: { en: '(texts read as dates)', fr: '(textes lus comme des dates)' },
}
const PROPERTY: Texts = { en: '{property} {test}', fr: '{property} {test}' }
const IN_ONE: Texts = {
  en: 'in one element of {list} {tests}',
  fr: 'dans un même élément de {list} {tests}',
}
const WHERE: Texts = { en: '(where {tests})', fr: '(où {tests})' }

/**
 * The predicate of a test: "is at least 50", "is one of “a” or “b”".
 * @param test as conditions write it: `op`, `value`, `ignoreCase` and `as`
 */
export function describeTest(test: JsonObject, speaker: Speaker): string {
  const { op, value, as } = test
  const operator: Operator | undefined = operators[op as ValueOp]
  const values = operator === undefined ? undefined : readFormed(operator.takes, value)
  if (values === undefined) return speaker.say(UNKNOWN, { value: marked(JSON.stringify(test)) })
  return [predicateOf(operator, values, as === 'date', speaker), ...asidesOf(operator, test, speaker)].join(
    ' ',
  )
}

/** How values are compared, where that does not go without saying. */
function asidesOf({ takes }: Operator, { ignoreCase, as }: JsonObject, speaker: Speaker): string[] {
  const takesScalars = takes === 'one' || takes === 'list'
  return [
    ...(ignoreCase === true && takesScalars ? [speaker.say(IGNORES_CASE)] : []),
    ...((as === 'number' || as === 'date') && (takesScalars || takes === 'range')
      ? [speaker.say(READ_AS[as])]
      : []),
  ]
}

function predicateOf(
  operator: Operator,
  values: readonly Scalar[],
  areDates: boolean,
  speaker: Speaker,
): string {
  const [first = '', second = ''] = values
  const describe = areDates ? describeEnd : describeValue
  const { takes, sentence } = operator
  switch (takes) {
    case 'none':
      return speaker.say(sentence)
    case 'range':
      return speaker.say(sentence, { from: describeEnd(first, speaker), to: describeEnd(second, speaker) })
    case 'date':
      return speaker.say(sentence, { value: describeEnd(first, speaker) })
    case 'span': {
      const direction = operator.kind === 'moving' ? operator.direction : 'past'
      return speaker.say(sentence, { value: describeSpan(String(first), direction, speaker) })
    }
    case 'list':
      return speaker.say(sentence, { value: describeValues(values, describe, speaker) })
    case 'one':
      return speaker.say(sentence, { value: describe(first, speaker) })
  }
}

/** A test of a property: "“revenue” is above 50". */
function describeProperty({ property, ...test }: JsonObject, speaker: Speaker): string {
  return speaker.say(PROPERTY, {
    property: quoted(String(property), speaker.language),
    test: describeTest(test, speaker),
  })
}

/** Several tests joined by "and", each of a property or of one element of a list. */
export function describeTests(where: Json | undefined, speaker: Speaker): string {
  const tests = Array.isArray(where) ? where : []
  return speaker.join(
    tests.map((test) => describeWhereTest(jsonObject(test) ?? {}, speaker)),
    'all',
  )
}

/** What else must hold of an event: "(where “revenue” is above 50)"; '' when nothing does. */
export function describeWhere({ where }: JsonObject, speaker: Speaker): string {
  if (!Array.isArray(where) || where.length === 0) return ''
  return speaker.say(WHERE, { tests: describeTests(where, speaker) })
}

function describeWhereTest(test: JsonObject, speaker: Speaker): string {
  const { each, where } = test
  if (typeof each !== 'string') return describeProperty(test, speaker)
  return speaker.say(IN_ONE, {
    list: quoted(each, speaker.language),
    tests: describeTests(where, speaker),
  })
}
