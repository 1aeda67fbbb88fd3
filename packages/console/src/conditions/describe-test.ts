import type { Json, JsonObject } from '@affluent/protocol/event'
import { readSpan, type SpanUnit } from './span.ts'
import { marked, type Speaker } from './speaker.ts'
import { readTest, takesOf } from './value-test.ts'
import { readWindow } from './window-model.ts'

const VALUES_SHOWN = 8
const DAY_CHARS = 10

type SpokenUnit = Exclude<SpanUnit, 'day' | 'week'>

/** The predicate of a test: "is at least 50", "is one of “a” or “b”". */
export function describeTest(object: JsonObject, speaker: Speaker): string {
  const { t } = speaker
  const test = readTest(object)
  if (test === undefined) return t('say.unknownTest', { value: marked(JSON.stringify(object)) })
  const { op, values, ignoresCase } = test
  const { as } = object
  const reading = as === 'number' || as === 'date' ? ` ${t(`say.readAs.${as}`)}` : ''
  const aside = (ignoresCase ? ` ${t('say.ignoresCase')}` : '') + reading
  const describe = as === 'date' ? describeEnd : describeValue
  const [first, second] = values
  switch (takesOf(op)) {
    case 'nothing':
      return t(`say.tests.${op}`, {})
    case 'two':
      return (
        t('say.tests.between', {
          from: describeEnd(first as Json, speaker),
          to: describeEnd(second as Json, speaker),
        }) + reading
      )
    case 'date':
      return t(`say.tests.${op}`, { value: describeEnd(first as Json, speaker) })
    case 'span':
      return t(`say.tests.${op}`, {
        value: describeSpan(String(first), op === 'within_last' ? 'past' : 'next', speaker),
      })
    case 'many':
      return t(`say.tests.${op}`, { value: describeValues(values as Json[], describe, speaker) }) + aside
    default:
      return t(`say.tests.${op}`, { value: describe(first as Json, speaker) }) + aside
  }
}

/** A value from data: texts in quotation marks, numbers as the language writes them. */
export function describeValue(value: Json, { t, formats }: Speaker): string {
  if (typeof value === 'number') return marked(exactNumber(value, formats.language))
  if (typeof value === 'boolean') return marked(t(value ? 'say.yes' : 'say.no'))
  return quoted(typeof value === 'string' ? value : JSON.stringify(value), t)
}

/** A name or text in the quotation marks of the language. */
export function quoted(text: string, t: Speaker['t']): string {
  return t('say.quoted', { value: marked(text) })
}

/** When: "in the last 30 days", "this month", "from 1 to 30 November". */
export function describeWindow(json: Json, speaker: Speaker): string {
  const { t, formats } = speaker
  const window = readWindow(json)
  switch (window?.kind) {
    case undefined:
      return t('say.unknownWindow', { value: marked(JSON.stringify(json)) })
    case 'rolling':
      return describeSpan(json as string, 'past', speaker)
    case 'this':
      return t(`say.this.${window.unit}`)
    case 'previous': {
      const count = typeof window.count === 'number' ? window.count : 1
      return t(`say.previous.${window.unit}`, { count, shown: marked(formats.number(count)) })
    }
    case 'range': {
      const from = window.from === '' ? '' : describeEnd(window.from, speaker)
      const to = window.to === '' ? '' : describeEnd(window.to, speaker)
      if (from === '') return t('say.until', { to })
      return to === '' ? t('say.since', { from }) : t('say.range', { from, to })
    }
  }
}

/** Joined by "and" or "or" as the language does. */
export function joined(parts: readonly string[], by: 'all' | 'any', { formats }: Speaker): string {
  const type = by === 'all' ? 'conjunction' : 'disjunction'
  return new Intl.ListFormat(formats.language === 'en' ? 'en-GB' : formats.language, { type }).format(parts)
}

function describeSpan(text: string, direction: 'past' | 'next', { t, formats }: Speaker): string {
  const span = readSpan(text)
  if (span === undefined) return marked(text)
  const { count } = span
  const unit = ({ day: 'd', week: 'w' } as Partial<Record<SpanUnit, SpokenUnit>>)[span.unit] ?? span.unit
  return t(`say.${direction}.${unit as SpokenUnit}`, { count, shown: marked(formats.number(count)) })
}

function describeValues(
  values: readonly Json[],
  describe: (value: Json, speaker: Speaker) => string,
  speaker: Speaker,
): string {
  const shown = values.slice(0, VALUES_SHOWN).map((value) => describe(value, speaker))
  const count = values.length - shown.length
  if (count === 0) return joined(shown, 'any', speaker)
  return joined(
    [...shown, speaker.t('say.others', { count, shown: speaker.formats.number(count) })],
    'any',
    speaker,
  )
}

/** A number or a date; a date without a time is that day wherever it is read. */
function describeEnd(value: Json, speaker: Speaker): string {
  if (typeof value !== 'string') return describeValue(value, speaker)
  const at = Date.parse(value)
  if (Number.isNaN(at)) return describeValue(value, speaker)
  if (value.length > DAY_CHARS) return marked(speaker.formats.exact(at))
  const locale = speaker.formats.language === 'en' ? 'en-GB' : speaker.formats.language
  return marked(new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(at))
}

/** All digits: a condition of 0.0005 must not read as 0. */
function exactNumber(value: number, language: string): string {
  return new Intl.NumberFormat(language === 'en' ? 'en-GB' : language, {
    maximumSignificantDigits: 17,
  }).format(value)
}
