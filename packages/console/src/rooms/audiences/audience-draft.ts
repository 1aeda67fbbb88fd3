import type { Population } from '@affluent/protocol/condition'
import type { AudienceAnswer } from '@affluent/protocol/endpoints/audiences'
import type { Json, JsonObject } from '@affluent/protocol/event'
import { slugOf } from '../../app/slug-of.ts'
import { type ConditionParts, EMPTY_PARTS, withUnfinished } from './condition-model.ts'
import { readCondition } from './read-condition.ts'
import { type WrittenCondition, writeCondition } from './write-condition.ts'

/** An audience while it is built. */
export interface AudienceDraft {
  readonly name: string
  readonly key: string
  /** false: the key follows the name */
  readonly hasOwnKey: boolean
  readonly population: Population
  readonly parts: ConditionParts
  /** of the audience that it is a change of; 0: a new one */
  readonly version: number
  /** not null: the condition is edited as this text, and `parts` stand still */
  readonly json: string | null
}

/** What a draft says so far. */
export interface ReadDraft extends WrittenCondition {
  /** the text is no JSON */
  readonly hasJsonFault: boolean
}

const KEY = /^[a-z0-9][a-z0-9_-]{0,63}$/

export const EMPTY_DRAFT: AudienceDraft = {
  name: '',
  key: '',
  hasOwnKey: false,
  population: 'known',
  version: 0,
  parts: EMPTY_PARTS,
  json: null,
}

/** A draft to change an audience that is there. */
export function draftOf({ name, key, population, condition, version }: AudienceAnswer): AudienceDraft {
  return { name, key, hasOwnKey: true, population, version, ...conditionOf(condition as Json) }
}

/** The condition of a draft: for the builder; as JSON when it is no condition at all. */
export function conditionOf(condition: Json): Pick<AudienceDraft, 'parts' | 'json'> {
  const parts = readCondition(condition)
  return parts === undefined ? { parts: EMPTY_PARTS, json: pretty(condition) } : { parts, json: null }
}

/** The condition that a draft has, from the builder or from its JSON. */
export function readDraft({ parts, json }: AudienceDraft): ReadDraft {
  const written = writeCondition(parts)
  if (json === null) return { ...written, hasJsonFault: false }
  // what is unfinished waits in the builder
  const nothing = { condition: null, places: new Map<string, number>(), incomplete: written.incomplete }
  if (json.trim() === '') return { ...nothing, hasJsonFault: false }
  try {
    return { ...nothing, condition: JSON.parse(json) as JsonObject, hasJsonFault: false }
  } catch {
    return { ...nothing, hasJsonFault: true }
  }
}

/** The same draft, edited as JSON. */
export function asJson(draft: AudienceDraft): AudienceDraft {
  const { condition } = writeCondition(draft.parts)
  return { ...draft, json: condition === null ? '' : pretty(condition) }
}

/** The same draft, edited by the builder, with what was unfinished there; undefined when the text is no condition. */
export function asParts(draft: AudienceDraft): AudienceDraft | undefined {
  const { condition, hasJsonFault, incomplete } = readDraft(draft)
  if (hasJsonFault) return undefined
  // who only looked finds everything as it was
  if (JSON.stringify(condition) === JSON.stringify(writeCondition(draft.parts).condition))
    return { ...draft, json: null }
  const parts = condition === null ? EMPTY_PARTS : readCondition(condition)
  if (parts === undefined) return undefined
  return { ...draft, parts: withUnfinished(parts, draft.parts, new Set(incomplete)), json: null }
}

/**
 * The same draft under another name; its key follows as long as nobody has typed one. @param taken keys of the other
 * audiences
 */
export function renamed(draft: AudienceDraft, name: string, taken: ReadonlySet<string>): AudienceDraft {
  return { ...draft, name, key: draft.hasOwnKey ? draft.key : freeKey(name, taken) }
}

/** A key made from a name that no other audience has; '' for an empty name. */
export function freeKey(name: string, taken: ReadonlySet<string>): string {
  if (name.trim() === '') return ''
  const slug = slugOf(name)
  const key = slug === '' ? 'audience' : slug
  if (!taken.has(key)) return key
  for (let number = 2; ; number++) if (!taken.has(`${key}-${number}`)) return `${key}-${number}`
}

/** Whether a text can be the key of an audience. */
export function isKey(text: string): boolean {
  return KEY.test(text)
}

/** A draft that was kept as text; undefined when it is none of this version. */
export function readKeptDraft(text: string | null): AudienceDraft | undefined {
  if (text === null) return undefined
  try {
    const kept = JSON.parse(text) as AudienceDraft
    // whatever an older version left behind must not stop the page
    writeCondition(kept.parts)
    const hasTexts =
      typeof kept.name === 'string' && typeof kept.key === 'string' && typeof kept.version === 'number'
    return hasTexts && (kept.population === 'known' || kept.population === 'all') ? kept : undefined
  } catch {
    return undefined
  }
}

/** The names of all audiences that a condition is about. */
export function audiencesIn(condition: Json): string[] {
  if (typeof condition !== 'object' || condition === null) return []
  if (Array.isArray(condition)) return condition.flatMap(audiencesIn)
  const { audience } = condition
  const own = typeof audience === 'string' && Object.keys(condition).length === 1 ? [audience] : []
  const inner = (['all', 'any', 'not'] as const).flatMap((form) => audiencesIn(condition[form] ?? null))
  return [...own, ...inner]
}

function pretty(condition: Json): string {
  return JSON.stringify(condition, undefined, 2)
}
