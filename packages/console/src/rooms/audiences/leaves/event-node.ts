import { aggregates } from '@affluent/core/condition/aggregates/aggregates'
import type { Aggregate, CountOp, Scalar } from '@affluent/protocol/condition'
import type { Json, JsonObject } from '@affluent/protocol/event'
import type { NumberDraft } from '../../../conditions/typed-number.ts'
import { type PropertyTestModel, readProperty, writeProperty } from '../../../conditions/value-test.ts'
import { readWindow, type WindowModel, writeWindow } from '../../../conditions/window-model.ts'
import { asText, known, NotForBuilder } from './read-leaf.ts'
import { takeValue } from './take-value.ts'

// What "how often" and "how much" have in common: events of one pattern, in a window. One becomes the other when its
// measure is changed.

export const EVENT_KINDS = ['track', 'page', 'screen'] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** What the builder can take together; aggregates whose value is compared like a trait's are left to JSON. */
export const AGGREGATE_FNS = (Object.keys(aggregates) as Aggregate[]).filter(
  (fn) => aggregates[fn].comparedBy === 'counts',
)

/** How the events that match are measured. */
export type Measure =
  | { readonly kind: 'count'; readonly op: CountOp; readonly value: NumberDraft }
  | {
      readonly kind: 'aggregate'
      readonly fn: Aggregate
      readonly property: string
      readonly op: CountOp
      readonly value: NumberDraft
    }

export interface EventNode {
  readonly id: number
  readonly kind: 'event'
  readonly type: EventKind
  readonly event: string
  readonly where: readonly PropertyTestModel[]
  readonly measure: Measure
  /** null: for ever */
  readonly window: WindowModel | null
}

/** Whether a node is about events that are measured so. */
export function isMeasuredBy(node: { readonly kind: string }, kind: Measure['kind']): boolean {
  return node.kind === 'event' && (node as EventNode).measure.kind === kind
}

/** A node about events as it begins. */
export function emptyEvent(id: number, measure: Measure): EventNode {
  return { id, kind: 'event', type: 'track', event: '', where: [], measure, window: null }
}

/**
 * Reads what all leaves about events have.
 * @param own the keys of the measure
 * @throws NotForBuilder
 */
export function readEvent(
  object: JsonObject,
  id: number,
  ids: () => number,
  own: readonly string[],
  measure: () => Measure,
): EventNode {
  const {
    event,
    type = 'track',
    where = [],
    within,
  } = known(object, ['event', 'type', 'where', 'within', ...own])
  if (!EVENT_KINDS.includes(type as EventKind) || !Array.isArray(where)) throw new NotForBuilder()
  return {
    ...{ id, kind: 'event', type: type as EventKind, event: asText(event) },
    where: where.map((test) => asProperty(test, ids())),
    measure: measure(),
    window: within === undefined ? null : asWindow(within),
  }
}

/**
 * Writes what all leaves about events have.
 * @param measure as it is written; undefined while something is missing
 */
export function writeEvent(
  { event, type, where, window }: EventNode,
  measure: JsonObject | undefined,
): JsonObject | undefined {
  const tests = where.map(writeProperty)
  const within = window === null ? undefined : writeWindow(window)
  const isMissing = event === '' || tests.includes(undefined) || (window !== null && within === undefined)
  if (measure === undefined || isMissing) return undefined
  return {
    event,
    ...(type === 'track' ? {} : { type }),
    ...(tests.length === 0 ? {} : { where: tests as JsonObject[] }),
    ...measure,
    ...(within === undefined ? {} : { within }),
  }
}

/** The same node with a name or value replaced by the one that was meant; see `LeafForm`. */
export function takeInEvent(node: EventNode, rest: string, nearest: Scalar): EventNode {
  if (rest === '.event') return { ...node, event: String(nearest) }
  const [, index, inside = ''] = /^\.where\[(\d+)\](.*)$/.exec(rest) ?? []
  const take = (one: PropertyTestModel): PropertyTestModel =>
    inside === '.property'
      ? { ...one, property: String(nearest) }
      : { ...one, test: takeValue(one.test, inside, nearest) }
  return { ...node, where: node.where.map((one, at) => (at === Number(index) ? take(one) : one)) }
}

/** Ids of the tests of properties. */
export function partIdsOf({ where }: EventNode): readonly number[] {
  return where.map(({ id }) => id)
}

/** The same node with new ids for its tests of properties. */
export function renumberedEvent(node: EventNode, take: () => number): EventNode {
  return { ...node, where: node.where.map((test) => ({ ...test, id: take() })) }
}

function asProperty(json: Json, id: number): PropertyTestModel {
  const test = readProperty(json, id)
  if (test === undefined) throw new NotForBuilder()
  return test
}

function asWindow(json: Json): WindowModel {
  const window = readWindow(json)
  if (window === undefined) throw new NotForBuilder()
  return window
}
