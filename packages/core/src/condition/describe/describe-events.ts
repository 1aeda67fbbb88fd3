import { ASKED_TYPES, type AskedType } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { quoted } from '../../sentence/quoted.ts'
import type { Speaker } from '../../sentence/speaker.ts'
import type { Texts } from '../../sentence/texts.ts'
import { jsonObject } from '../json-object.ts'
import { describeWhere } from './describe-test.ts'
import { describeWindow } from './describe-window.ts'

/** Which events a leaf is about. */
export interface DescribedEvents {
  readonly type: AskedType
  /** names in quotation marks, joined; undefined: whatever the name */
  readonly names: string | undefined
}

/** Calls whose event has a name; the others are told like a track call. */
type NamedType = 'track' | 'page' | 'screen'

const ANY: Readonly<Record<AskedType, Texts>> = {
  track: { en: 'all events', fr: 'tous les événements' },
  page: { en: 'all pages', fr: 'toutes les pages' },
  screen: { en: 'all screens', fr: 'tous les écrans' },
  identify: { en: 'all identify calls', fr: 'tous les appels identify' },
  group: { en: 'all group calls', fr: 'tous les appels group' },
}
const NAMED: Readonly<Record<NamedType, Texts>> = {
  track: { en: '{event}', fr: '{event}' },
  page: { en: 'the page {event}', fr: 'la page {event}' },
  screen: { en: 'the screen {event}', fr: 'l’écran {event}' },
}

/** @returns undefined when they are told in a form that is not known here */
export function readEvents(
  { event = null, type }: JsonObject,
  speaker: Speaker,
): DescribedEvents | undefined {
  const inside = jsonObject(event)
  const said = inside === undefined ? { type, name: event === '' ? undefined : event } : inside
  const asked = (said['type'] ?? 'track') as AskedType
  const texts = said['name'] === undefined ? ['*'] : [said['name']].flat()
  if (!ASKED_TYPES.includes(asked) || !texts.every((text) => typeof text === 'string')) return undefined
  if (texts.includes('*')) return { type: asked, names: undefined }
  const names = texts.map((text) => quoted(String(text).replaceAll('\\*', '*'), speaker.language))
  return { type: asked, names: speaker.join(names, 'any') }
}

/** As an object: "all pages", "the page “Home”". */
export function describeEvents({ type, names }: DescribedEvents, speaker: Speaker): string {
  return names === undefined
    ? speaker.say(ANY[type])
    : speaker.say(NAMED[namedTypeOf(type)], { event: names })
}

/** A clause about events, with when they count and what else must hold of them. */
export function describeEventClause(parts: readonly string[], leaf: JsonObject, speaker: Speaker): string {
  const within = leaf['within'] === undefined ? '' : describeWindow(leaf['within'], speaker)
  return [...parts, within, describeWhere(leaf, speaker)].filter((part) => part !== '').join(' ')
}

/** The type by which calls with a name are told: identify and group calls have none. */
export function namedTypeOf(type: AskedType): NamedType {
  return type === 'identify' || type === 'group' ? 'track' : type
}
