import type { Condition, Leaf, Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import {
  CONDITION_CHARS_MAX,
  CONDITION_EVENT_LEAVES_MAX,
  CONDITION_TESTS_MAX,
} from '@affluent/protocol/limits'
import { canonicalText } from './canonical-text.ts'
import { ConditionError } from './condition-error.ts'
import { leafKindOf } from './leaves/leaf-kinds.ts'

/** What a condition depends on: an audience with its population. */
export interface NamedCondition {
  readonly condition: Condition
  readonly population: Population
}

/** Whose condition holds: the population is part of it. */
export function withPopulation({ condition, population }: NamedCondition): Condition {
  return population === 'all' ? condition : { kind: 'all', of: [{ kind: 'known' }, condition] }
}

/** All leaves, in the order in which they stand. */
export function leavesOf(condition: Condition): Leaf[] {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return condition.of.flatMap(leavesOf)
    case 'not':
      return leavesOf(condition.of)
    default:
      return [condition]
  }
}

/**
 * Checks that a condition is not too large to be asked of ClickHouse, the audiences that it names included.
 * @throws ConditionError
 */
export function checkSize(condition: Condition): void {
  const leaves = leavesOf(condition).flatMap((leaf) => leafKindOf(leaf).events?.(leaf) ?? [])
  const events = leaves.length
  if (events > CONDITION_EVENT_LEAVES_MAX) {
    const message = `A condition may ask for ${CONDITION_EVENT_LEAVES_MAX} events at most, those of the audiences that it names included; this one asks for ${events}.`
    const details = {
      reason: 'too_many_event_leaves',
      max: CONDITION_EVENT_LEAVES_MAX,
      count: events,
    } as const
    throw new ConditionError('condition', message, 'invalid_condition', details)
  }
  const tests = leaves
    .flatMap(({ where }) => where)
    .reduce((sum, test) => sum + ('each' in test ? test.where.length : 1), 0)
  if (tests > CONDITION_TESTS_MAX) {
    const message = `The event conditions may have ${CONDITION_TESTS_MAX} property tests together, those of the audiences that it names included; here there are ${tests}.`
    const details = { reason: 'too_many_tests', max: CONDITION_TESTS_MAX, count: tests } as const
    throw new ConditionError('condition', message, 'invalid_condition', details)
  }
  const characters = canonicalText(condition).length
  if (characters <= CONDITION_CHARS_MAX) return
  const message = `A condition may be ${CONDITION_CHARS_MAX.toLocaleString('en-US')} characters long at most; this one has ${characters.toLocaleString('en-US')}.`
  const details = { reason: 'condition_too_long', max: CONDITION_CHARS_MAX, count: characters } as const
  throw new ConditionError('condition', message, 'invalid_condition', details)
}

/**
 * Replaces every leaf that names another audience by that audience's own condition.
 * @param find the other audiences by key
 * @throws CircleFault when an audience leads back to itself; MissingAudience when one is not there
 */
export function inlineAudiences(
  condition: Condition,
  find: (key: string) => NamedCondition | undefined,
  path: readonly string[] = [],
): Condition {
  switch (condition.kind) {
    case 'all':
    case 'any':
      return { ...condition, of: condition.of.map((each) => inlineAudiences(each, find, path)) }
    case 'not':
      return { ...condition, of: inlineAudiences(condition.of, find, path) }
    case 'audience': {
      const { key } = condition
      if (path.includes(key)) throw new CircleFault([...path, key])
      const other = find(key)
      if (other === undefined) throw new MissingAudience(key)
      return inlineAudiences(withPopulation(other), find, [...path, key])
    }
    default:
      return condition
  }
}

/**
 * Keys of the audiences that a condition names, as it was sent: also of one that was taken once and would be refused
 * today.
 * @param json a condition that was parsed before
 */
export function audiencesIn(json: Json): string[] {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) return []
  const { all, any, not, audience } = json
  if (typeof audience === 'string') return [audience]
  return [all, any, [not ?? null]].flatMap((part) => (Array.isArray(part) ? part.flatMap(audiencesIn) : []))
}

/** An audience that would depend on itself. */
export class CircleFault extends Error {
  override readonly name = 'CircleFault'
  /** keys, from the audience to itself */
  readonly keys: readonly string[]

  constructor(keys: readonly string[]) {
    super(`These audiences go round in a circle: ${keys.join(' -> ')}.`)
    this.keys = keys
  }
}

/** A condition names an audience that is not there. */
export class MissingAudience extends Error {
  override readonly name = 'MissingAudience'
  readonly key: string

  constructor(key: string) {
    super(`There is no audience "${key}".`)
    this.key = key
  }
}

/**
 * Whether the condition may hold for somebody without any event that its leaves are about. If not, only people with
 * such events need to be asked.
 */
export function mayHoldWithoutEvents(condition: Condition): boolean {
  const verdict = judge(condition, (leaf) => {
    const kind = leafKindOf(leaf)
    return kind.events === undefined ? 'maybe' : kind.ofNobody(leaf)
  })
  return verdict !== 'no'
}

/** Whether a condition holds, as far as what is known of its leaves tells. */
export type Verdict = 'yes' | 'no' | 'maybe'

/** Kleene's three values. */
export function judge(condition: Condition, judgeLeaf: (leaf: Leaf) => Verdict): Verdict {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map((each) => judge(each, judgeLeaf))
      return parts.includes('no') ? 'no' : parts.includes('maybe') ? 'maybe' : 'yes'
    }
    case 'any': {
      const parts = condition.of.map((each) => judge(each, judgeLeaf))
      return parts.includes('yes') ? 'yes' : parts.includes('maybe') ? 'maybe' : 'no'
    }
    case 'not': {
      const inner = judge(condition.of, judgeLeaf)
      return inner === 'yes' ? 'no' : inner === 'no' ? 'yes' : 'maybe'
    }
    default:
      return judgeLeaf(condition)
  }
}
