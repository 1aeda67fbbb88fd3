import type { Population } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import type { IdentityRules } from '../../identity/namespaces.ts'

/** A call of the tracking API in a generated life. Identifiers are written `namespace:value`. */
export interface EventStep {
  readonly kind: 'event'
  readonly type: 'track' | 'page' | 'identify' | 'alias'
  readonly name: string
  readonly identifiers: readonly string[]
  /** of an alias */
  readonly previousId?: string | undefined
  /** properties, or the traits of an identify */
  readonly payload: JsonObject
  /** how much time passes before it, milliseconds */
  readonly wait: number
  /** its time, counted from its receipt, milliseconds; below zero: late */
  readonly shift: number
  readonly bot: boolean
  /** whether the batch ends with it */
  readonly ends: boolean
}

/** How a condition names another audience beside its own question. */
export interface Naming {
  readonly how: 'all' | 'any' | 'not'
  readonly key: string
}

/** A step of a generated life. `pick` and `size` are taken modulo what there is. */
export type LifeStep =
  | EventStep
  /** an event that came before, again */
  | { readonly kind: 'copy'; readonly pick: number }
  | { readonly kind: 'unmerge'; readonly pick: number }
  | { readonly kind: 'unmerge_by'; readonly identifier: string }
  | { readonly kind: 'cannot_link' | 'force_link'; readonly a: string; readonly b: string }
  | { readonly kind: 'rules'; readonly rules: IdentityRules }
  | PutStep
  | { readonly kind: 'delete'; readonly key: string }
  | { readonly kind: 'begin' }
  /** the next act of the backfill under way, over so many fragments; `twice`: its command comes a second time */
  | { readonly kind: 'part'; readonly size: number; readonly twice: boolean }
  /** everything that waits is prepared */
  | { readonly kind: 'prepare' }
  /** `limit`: people asked by one timer command; `all`: timer commands until nobody's moment has come */
  | { readonly kind: 'fire_timers'; readonly wait: number; readonly limit: number; readonly all: boolean }
  /** what came after an earlier commit is forgotten and processed again, in batches of these sizes */
  | { readonly kind: 'crash'; readonly back: number; readonly sizes: readonly number[] }

/** An audience is made or changed. */
export interface PutStep {
  readonly kind: 'put'
  readonly key: string
  readonly condition: Json
  readonly naming?: Naming | undefined
  readonly population: Population
  /**
   * true: it was checked when another request had not been processed yet, so that it may name what is not there, or
   * itself
   */
  readonly unchecked?: boolean
}

export interface Life {
  readonly zone: string
  /** how many versions at most one backfill shows before every fragment has taken its history */
  readonly earlyMax: number
  readonly rules: IdentityRules
  readonly steps: readonly LifeStep[]
}

/** The condition that a step says. */
export function saidBy({ condition, naming }: PutStep): Json {
  if (naming === undefined) return condition
  const other: JsonObject = { audience: naming.key }
  return naming.how === 'not' ? { all: [condition, { not: other }] } : { [naming.how]: [condition, other] }
}
