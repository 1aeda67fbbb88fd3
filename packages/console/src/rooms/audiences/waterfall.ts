import type { JsonObject } from '@affluent/protocol/event'
import { type ConditionNode, type ConditionParts, EMPTY_PARTS } from './condition-model.ts'
import { writeCondition } from './write-condition.ts'

/** One count on the way from everyone to the audience. */
export interface WaterfallStep {
  /** what the step adds: nothing yet, one more that must hold, one more that may hold, or who is left out */
  readonly kind: 'everyone' | 'and' | 'or' | 'except'
  /** what is added, to be put into words; null: several at once, or nothing */
  readonly added: JsonObject | null
  /** how many conditions are added together */
  readonly count: number
  /** all so far */
  readonly condition: JsonObject
}

/** Counts of one waterfall: each is a question to the engine. */
export const WATERFALL_STEPS_MAX = 6

/** A condition that everybody of the population meets. */
const EVERYONE: JsonObject = { bucket: { seed: 'everyone', from: 0, to: 100 } }

/**
 * The steps from everyone to the audience: its conditions are added one after the other, as they stand; what is left
 * out comes last. Beyond the bound, the last conditions are one step together. Incomplete conditions are passed over.
 */
export function waterfallSteps({ include, exclude }: ConditionParts): WaterfallStep[] {
  const nodes = include.of.filter((node) => alone(node) !== null)
  const out = writeCondition({
    include: { ...exclude, joins: 'any' },
    exclude: EMPTY_PARTS.exclude,
  }).condition
  const isAny = include.joins === 'any'
  // of things of which one is enough, the first alone is the beginning
  const begins = isAny && nodes.length > 0 ? [] : [everyone()]
  const room = WATERFALL_STEPS_MAX - begins.length - (out === null ? 0 : 1)
  const single = nodes.length <= room ? nodes.length : room - 1
  const steps = nodes.slice(0, single).map((node, index): WaterfallStep => {
    return step(isAny ? 'or' : 'and', alone(node), 1, upTo(nodes.slice(0, index + 1)))
  })
  if (single < nodes.length) steps.push(step(isAny ? 'or' : 'and', null, nodes.length - single, upTo(nodes)))
  if (out !== null) steps.push(step('except', out, 1, written({ include, exclude })))
  return [...begins, ...steps]

  function upTo(of: readonly ConditionNode[]): JsonObject {
    return written({ include: { ...include, of }, exclude: EMPTY_PARTS.exclude })
  }
}

function everyone(): WaterfallStep {
  return step('everyone', null, 0, EVERYONE)
}

function step(
  kind: WaterfallStep['kind'],
  added: JsonObject | null,
  count: number,
  condition: JsonObject,
): WaterfallStep {
  return { kind, added, count, condition }
}

function alone(node: ConditionNode): JsonObject | null {
  return writeCondition({
    include: { ...EMPTY_PARTS.include, of: [node] },
    exclude: EMPTY_PARTS.exclude,
  }).condition
}

function written(parts: ConditionParts): JsonObject {
  return writeCondition(parts).condition ?? EVERYONE
}
