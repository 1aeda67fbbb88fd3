import type { EventNames, EventPattern } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import { CONDITION_EVENT_NAMES_MAX, CONDITION_TEXT_CHARS_MAX } from '@affluent/protocol/limits'
import { ConditionError } from './condition-error.ts'

/**
 * Reads which names of events are meant: one text or a list; a star at the end stands for whatever follows, `\*` for a
 * star.
 * @returns undefined: any name
 * @throws ConditionError
 */
export function parseEventNames(json: Json | undefined, at: string): EventPattern['event'] {
  if (!Array.isArray(json)) return simplest([readName(json, at)])
  if (json.length === 0 || json.length > CONDITION_EVENT_NAMES_MAX)
    throw new ConditionError(at, `A list of 1 to ${CONDITION_EVENT_NAMES_MAX} names of events is needed.`)
  return simplest(json.map((item, index) => readName(item, `${at}[${index}]`)))
}

/** The texts that `parseEventNames` reads as these names; one alone without a list. */
export function formatEventNames(event: EventPattern['event']): Json {
  const { names, prefixes } = namesOf(event)
  const texts = [...names.map(escaped), ...prefixes.map((prefix) => `${escaped(prefix)}*`)]
  return texts.length === 1 ? (texts[0] as string) : texts
}

/** Names and prefixes of a pattern; an empty prefix begins every name. */
export function namesOf(event: EventPattern['event']): EventNames {
  if (event === undefined) return { names: [], prefixes: [''] }
  return typeof event === 'string' ? { names: [event], prefixes: [] } : event
}

interface Name {
  readonly name: string
  readonly isPrefix: boolean
}

function readName(json: Json | undefined, at: string): Name {
  if (typeof json !== 'string' || json === '' || json.includes('\u0000') || !json.isWellFormed())
    throw new ConditionError(
      at,
      'The name of an event is a text that is not empty; "*" stands for any, and {"type":"page"} for any page.',
    )
  if (json.length > CONDITION_TEXT_CHARS_MAX)
    throw new ConditionError(at, `A text of a condition has ${CONDITION_TEXT_CHARS_MAX} characters at most.`)
  const isPrefix = json.endsWith('*') && !json.endsWith('\\*')
  const text = isPrefix ? json.slice(0, -1) : json
  if (/(?<!\\)\*/.test(text))
    throw new ConditionError(
      at,
      `A star stands at the end of a name, for whatever follows; one that is part of the name is written "\\*": "${escaped(json.replaceAll('\\*', '*'))}".`,
    )
  return { name: text.replaceAll('\\*', '*'), isPrefix }
}

function escaped(name: string): string {
  return name.replaceAll('*', '\\*')
}

function simplest(said: readonly Name[]): EventPattern['event'] {
  const all = [...new Set(said.filter(({ isPrefix }) => isPrefix).map(({ name }) => name))].sort()
  const prefixes = all.filter((prefix) => !all.some((other) => other !== prefix && prefix.startsWith(other)))
  if (prefixes[0] === '') return undefined
  const exact = [...new Set(said.filter(({ isPrefix }) => !isPrefix).map(({ name }) => name))].sort()
  const names = exact.filter((name) => !prefixes.some((prefix) => name.startsWith(prefix)))
  const [only] = names
  return names.length === 1 && prefixes.length === 0 ? only : { names, prefixes }
}
