import { ConditionFault, type FaultReason } from '@affluent/core/condition/condition-fault'
import {
  CircleFault,
  checkSize,
  inlineAudiences,
  MissingAudience,
  type NamedCondition,
  withPopulation,
} from '@affluent/core/condition/condition-tree'
import { parseCondition } from '@affluent/core/condition/parse-condition'
import type { Refusal } from '@affluent/protocol/codes'
import type { Condition, Population } from '@affluent/protocol/condition'
import type { Json } from '@affluent/protocol/event'
import type { Audiences } from '../stores/audience-store.ts'

/** An audience as somebody says it. */
export interface SaidAudience {
  /** undefined: of nobody yet */
  readonly key: string | undefined
  readonly population: Population
  readonly condition: Json
}

/**
 * The whole of a condition: with its population, and with those of the audiences that it names in their places.
 * @throws what `refusalOf` says in words, when the condition is wrong, too large, leads in a circle or to an audience that is not there
 */
export function wholeCondition(
  audiences: Audiences,
  { key, population, condition }: SaidAudience,
): Condition {
  const { zone } = audiences
  const find = (name: string): NamedCondition | undefined => {
    const row = audiences.audiences.find((each) => each.key === name)
    return row === undefined
      ? undefined
      : { condition: parseCondition(row.condition, zone), population: row.population }
  }
  const own = parseCondition(condition ?? null, zone)
  const inlined = inlineAudiences(own, find, key === undefined ? [] : [key])
  const whole = withPopulation({ population, condition: inlined })
  checkSize(whole)
  return whole
}

/** What is wrong with a condition, from what was thrown; undefined when it is something else. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (error instanceof ConditionFault) {
    const { code, message, path, details } = error
    return { code, message, path, ...(details === undefined ? {} : { details }) }
  }
  const path = 'condition'
  if (error instanceof CircleFault) {
    const details = { reason: 'audience_circle' satisfies FaultReason, audiences: error.keys.join(' → ') }
    return { code: 'invalid_condition', message: error.message, path, details }
  }
  if (error instanceof MissingAudience) {
    const details = { reason: 'audience_missing' satisfies FaultReason, audience: error.key }
    return { code: 'unknown_reference', message: error.message, path, details }
  }
  return undefined
}
