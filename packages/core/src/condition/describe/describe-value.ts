import type { Json } from '@affluent/protocol/event'
import { marked } from '../../sentence/marked.ts'
import { quoted } from '../../sentence/quoted.ts'
import type { Speaker } from '../../sentence/speaker.ts'
import type { CountedTexts, Texts } from '../../sentence/texts.ts'

const VALUES_SHOWN = 8
const DAY_CHARS = 10

const YES: Texts = { en: 'true', fr: 'vrai' }
const NO: Texts = { en: 'false', fr: 'faux' }
const OTHERS: CountedTexts = {
  en: { one: 'one other', other: '{shown} others' },
  fr: { one: 'une autre', many: '{shown} d’autres', other: '{shown} autres' },
}

/** A value from data: texts in quotation marks, numbers as the language writes them. */
export function describeValue(value: Json, speaker: Speaker): string {
  if (typeof value === 'number') return marked(speaker.exactNumber(value))
  if (typeof value === 'boolean') return marked(speaker.say(value ? YES : NO))
  return quoted(typeof value === 'string' ? value : JSON.stringify(value), speaker.language)
}

/** A number or a date; a date without a time is that day wherever it is read. */
export function describeEnd(value: Json, speaker: Speaker): string {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  if (typeof value !== 'string' || Number.isNaN(ms)) return describeValue(value, speaker)
  return marked(value.length > DAY_CHARS ? speaker.instant(ms) : speaker.day(ms))
}

/**
 * Values joined by "or"; of many the first ones, and how many others there are.
 * @param describe says one of them
 */
export function describeValues(
  values: readonly Json[],
  describe: (value: Json, speaker: Speaker) => string,
  speaker: Speaker,
): string {
  const shown = values.slice(0, VALUES_SHOWN).map((value) => describe(value, speaker))
  const count = values.length - shown.length
  const others = count === 0 ? [] : [speaker.sayCount(OTHERS, count, { shown: speaker.number(count) })]
  return speaker.join([...shown, ...others], 'any')
}
