import type { Json, JsonObject } from '@affluent/protocol/event'
import { DEFAULT_IDENTITY_RULES } from '../../identity/namespaces.ts'
import type { EventStep, Life, LifeStep, PutStep } from './life-step.ts'

/** A life that is told step by step, under the rules of a new workspace. */
export function tellLife(steps: readonly LifeStep[], how: Partial<Life> = {}): Life {
  return { zone: 'UTC', earlyMax: 8, rules: DEFAULT_IDENTITY_RULES, steps, ...how }
}

/** An order of somebody, a minute after what was before. */
export function order(
  identifiers: readonly string[],
  payload: JsonObject = {},
  how: Partial<EventStep> = {},
): EventStep {
  const said = {
    type: 'track',
    name: 'Order Completed',
    wait: 60_000,
    shift: 0,
    bot: false,
    ends: true,
  } as const
  return { kind: 'event', ...said, identifiers, payload, ...how }
}

/** Somebody says who he is. */
export function identify(identifiers: readonly string[], traits: JsonObject = {}): EventStep {
  return order(identifiers, traits, { type: 'identify' })
}

/** An audience of everyone who fits, visitors too. */
export function put(key: string, condition: Json, how: Partial<PutStep> = {}): PutStep {
  return { kind: 'put', key, condition, population: 'all', ...how }
}

export const PREPARE: LifeStep = { kind: 'prepare' }
/** Time passes, and whose moment has come is asked. */
export const pass = (ms: number): LifeStep => ({ kind: 'fire_timers', wait: ms, limit: 1_000, all: true })
/** The backfill under way goes on by one act. */
export const ACT: LifeStep = { kind: 'part', size: 1_000, twice: false }
