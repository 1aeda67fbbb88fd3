import { describeWhere } from '@affluent/core/condition/describe/describe-test'
import { jsonObject } from '@affluent/core/condition/json-object'
import { marked } from '@affluent/core/sentence/marked'
import { quoted } from '@affluent/core/sentence/quoted'
import type { Speaker } from '@affluent/core/sentence/speaker'
import type { Json, JsonObject } from '@affluent/protocol/event'

/** Words for filters, beside those for conditions. */
export interface FilterSpeaker {
  readonly speaker: Speaker
  readonly say: (
    key: 'everything' | 'event' | 'type' | 'source' | 'not' | 'unknown',
    values?: Readonly<Record<string, string>>,
  ) => string
  readonly typeName: (type: string) => string
  readonly sourceName: (slug: string) => string
}

/**
 * A filter in words: "“Order Completed” (where “revenue” is above 50) from the source “Shop”". Takes every form that
 * the API takes.
 */
export function describeFilter(filter: Json, words: FilterSpeaker): string {
  return filter === null || filter === undefined
    ? words.say('everything')
    : describeNode(filter, false, words)
}

function describeNode(json: Json, isOneOf: boolean, words: FilterSpeaker): string {
  const { say, speaker } = words
  const object = jsonObject(json)
  if (object === undefined) return say('unknown', { value: marked(JSON.stringify(json)) })
  for (const form of ['all', 'any'] as const) {
    const of = object[form]
    if (!Array.isArray(of)) continue
    const said = speaker.join(
      of.map((part) => describeNode(part, of.length > 1, words)),
      form,
    )
    return isOneOf && of.length > 1 ? `(${said})` : said
  }
  if (object['not'] !== undefined) return say('not', { filter: describeNode(object['not'], true, words) })
  return describeLeaf(object, words)
}

function describeLeaf(object: JsonObject, { say, speaker, typeName, sourceName }: FilterSpeaker): string {
  const { event, type, source } = object
  if (typeof type === 'string') return say('type', { type: typeName(type) })
  if (typeof source === 'string')
    return say('source', { source: quoted(sourceName(source), speaker.language) })
  if (typeof event !== 'string') return say('unknown', { value: marked(JSON.stringify(object)) })
  const name = say('event', { event: quoted(event, speaker.language) })
  const where = describeWhere(object, speaker)
  return where === '' ? name : `${name} ${where}`
}
