import { formOf, type LeafNode, newLeaf } from './leaves/leaf-forms.ts'

/** The builder's view of a condition: groups nest at most so deep, the outermost included. */
export const GROUP_DEPTH_MAX = 3

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

/**
 * The same condition with the unfinished leaves of another at the end of their sections. @param unfinished ids of those
 * leaves in `others`
 */
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
  const renumbered = { ...node, id: take() }
  return formOf(renumbered).renumbered?.(renumbered, take) ?? renumbered
}

function lastIdIn(node: ConditionNode): number {
  if (node.kind === 'group') return Math.max(node.id, ...node.of.map(lastIdIn))
  return Math.max(node.id, ...(formOf(node).partIds?.(node) ?? []))
}
