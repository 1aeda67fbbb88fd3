import type { CountOp } from '@affluent/protocol/condition'
import type { NumberDraft } from '../../conditions/typed-number.ts'
import type { PropertyTestModel, ValueTestModel } from '../../conditions/value-test.ts'
import type { WindowModel } from '../../conditions/window-model.ts'

/** The builder's view of a condition: groups nest at most so deep, the outermost included. */
export const GROUP_DEPTH_MAX = 3

export const EVENT_KINDS = ['track', 'page', 'screen'] as const
export type EventKind = (typeof EVENT_KINDS)[number]

/** What the builder can take together; `first` and `last` are left to JSON. */
export const AGGREGATE_FNS = ['sum', 'avg', 'min', 'max', 'distinct'] as const
export type AggregateFn = (typeof AGGREGATE_FNS)[number]

export const LEAF_KINDS = ['event', 'trait', 'aggregate', 'audience', 'identifier', 'share', 'json'] as const
/** What can be added; an aggregate is an event with another measure. */
export type LeafKind = (typeof LEAF_KINDS)[number]

/** How the events that match are measured. */
export type Measure =
  | { readonly kind: 'count'; readonly op: CountOp; readonly value: NumberDraft }
  | {
      readonly kind: 'aggregate'
      readonly fn: AggregateFn
      readonly property: string
      readonly op: CountOp
      readonly value: NumberDraft
    }

export interface TraitNode {
  readonly id: number
  readonly kind: 'trait'
  readonly trait: string
  readonly test: ValueTestModel
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
export interface AudienceNode {
  readonly id: number
  readonly kind: 'audience'
  readonly audience: string
}
export interface IdentifierNode {
  readonly id: number
  readonly kind: 'identifier'
  readonly namespace: string
  readonly op: 'exists' | 'not_exists'
}
/** A stable random share, in percent. */
export interface ShareNode {
  readonly id: number
  readonly kind: 'share'
  readonly seed: string
  readonly from: NumberDraft
  readonly to: NumberDraft
}
/** A part that the builder has no fields for; it is kept and edited as it is written. */
export interface JsonNode {
  readonly id: number
  readonly kind: 'json'
  readonly text: string
}
export type LeafNode = TraitNode | EventNode | AudienceNode | IdentifierNode | ShareNode | JsonNode

export interface GroupNode {
  readonly id: number
  readonly kind: 'group'
  readonly joins: 'all' | 'any'
  readonly of: readonly ConditionNode[]
}
export type ConditionNode = LeafNode | GroupNode

/** Who is in, and who of them is left out all the same. */
export interface ConditionParts {
  readonly include: GroupNode
  /** whoever fits one of these is out */
  readonly exclude: GroupNode
}

const INCLUDE_ID = 1
const EXCLUDE_ID = 2

/** Nothing asked yet. */
export const EMPTY_PARTS: ConditionParts = {
  include: { id: INCLUDE_ID, kind: 'group', joins: 'all', of: [] },
  exclude: { id: EXCLUDE_ID, kind: 'group', joins: 'any', of: [] },
}

/** The lowest id that nothing in the condition has. */
export function nextId({ include, exclude }: ConditionParts): number {
  return Math.max(lastIdIn(include), lastIdIn(exclude)) + 1
}

/** A leaf as it begins. @param id of the new leaf */
export function newLeaf(kind: LeafKind, id: number): LeafNode {
  const event = { id, kind: 'event', type: 'track', event: '', where: [], window: null } as const
  switch (kind) {
    case 'event':
      return { ...event, measure: { kind: 'count', op: 'gte', value: 1 } }
    case 'aggregate':
      return { ...event, measure: { kind: 'aggregate', fn: 'sum', property: '', op: 'gte', value: null } }
    case 'trait':
      return { id, kind, trait: '', test: { op: 'equals', values: [null], ignoresCase: false } }
    case 'audience':
      return { id, kind, audience: '' }
    case 'identifier':
      return { id, kind, namespace: '', op: 'exists' }
    case 'share':
      return { id, kind, seed: '', from: 0, to: 10 }
    case 'json':
      return { id, kind, text: '' }
  }
}

/** The same condition with one node changed. */
export function changeNode(
  parts: ConditionParts,
  id: number,
  change: (node: ConditionNode) => ConditionNode,
): ConditionParts {
  const inside = (group: GroupNode): GroupNode => {
    if (group.id === id) return change(group) as GroupNode
    return {
      ...group,
      of: group.of.map((node) => {
        if (node.kind === 'group') return inside(node)
        return node.id === id ? change(node) : node
      }),
    }
  }
  return { include: inside(parts.include), exclude: inside(parts.exclude) }
}

/** The same condition with a node at the end of a group. */
export function addNode(parts: ConditionParts, group: number, node: ConditionNode): ConditionParts {
  return changeNode(parts, group, (found) =>
    found.kind === 'group' ? { ...found, of: [...found.of, node] } : found,
  )
}

/** The same condition without a node. */
export function removeNode(parts: ConditionParts, id: number): ConditionParts {
  return changeSiblings(parts, id, (of, at) => of.toSpliced(at, 1))
}

/** The same condition with a copy of a node behind it. */
export function duplicateNode(parts: ConditionParts, id: number): ConditionParts {
  let free = nextId(parts)
  return changeSiblings(parts, id, (of, at) =>
    of.toSpliced(
      at + 1,
      0,
      withNewIds(of[at], () => free++),
    ),
  )
}

/** The same condition with a node one place earlier or later among its neighbours. */
export function moveNode(parts: ConditionParts, id: number, step: -1 | 1): ConditionParts {
  return changeSiblings(parts, id, (of, at) => {
    const node = of[at]
    const to = at + step
    return node === undefined || to < 0 || to >= of.length ? of : of.toSpliced(at, 1).toSpliced(to, 0, node)
  })
}

/** The same condition with the unfinished leaves of another at the end of their sections. @param unfinished ids of those leaves in `others` */
export function withUnfinished(
  parts: ConditionParts,
  others: ConditionParts,
  unfinished: ReadonlySet<number>,
): ConditionParts {
  const isUnfinished = (node: ConditionNode): ConditionNode[] => {
    if (node.kind === 'group') return node.of.flatMap(isUnfinished)
    return unfinished.has(node.id) ? [node] : []
  }
  let whole = parts
  for (const section of ['include', 'exclude'] as const)
    for (const node of others[section].of.flatMap(isUnfinished)) {
      let free = nextId(whole)
      whole = addNode(
        whole,
        whole[section].id,
        withNewIds(node, () => free++),
      )
    }
  return whole
}

function changeSiblings(
  parts: ConditionParts,
  id: number,
  change: (of: readonly ConditionNode[], at: number) => readonly ConditionNode[],
): ConditionParts {
  const inside = (group: GroupNode): GroupNode => {
    const at = group.of.findIndex((node) => node.id === id)
    if (at >= 0) return { ...group, of: change(group.of, at) }
    return { ...group, of: group.of.map((node) => (node.kind === 'group' ? inside(node) : node)) }
  }
  return { include: inside(parts.include), exclude: inside(parts.exclude) }
}

function withNewIds(node: ConditionNode | undefined, take: () => number): ConditionNode {
  if (node === undefined) return newLeaf('event', take())
  if (node.kind === 'group') return { ...node, id: take(), of: node.of.map((each) => withNewIds(each, take)) }
  if (node.kind !== 'event') return { ...node, id: take() }
  return { ...node, id: take(), where: node.where.map((test) => ({ ...test, id: take() })) }
}

function lastIdIn(node: ConditionNode): number {
  if (node.kind === 'group') return Math.max(node.id, ...node.of.map(lastIdIn))
  return node.kind === 'event' ? Math.max(node.id, ...node.where.map(({ id }) => id)) : node.id
}
