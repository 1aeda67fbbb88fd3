import type { Leaf } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { aggregateForm } from './aggregate.ts'
import { audienceForm } from './audience.tsx'
import { eventForm } from './event.ts'
import { identifierForm } from './identifier.tsx'
import { jsonForm } from './json.tsx'
import type { AnyLeafNode, LeafForm } from './leaf-form.ts'
import { shareForm } from './share.tsx'
import { traitForm } from './trait.tsx'

/**
 * With which form the builder edits each kind of leaf, in the order in which they are offered; one that is missing does
 * not compile.
 */
const FORMS = {
  count: eventForm,
  trait: traitForm,
  aggregate: aggregateForm,
  audience: audienceForm,
  identifier: identifierForm,
  bucket: shareForm,
  each: jsonForm,
  // nobody writes it
  known: jsonForm,
} satisfies Record<Leaf['kind'], unknown>

type AnyForm = (typeof FORMS)[keyof typeof FORMS]

/** What can be added; an aggregate is an event with another measure. */
export type LeafKind = AnyForm['kind']
export type LeafNode = ReturnType<AnyForm['empty']>

const ALL = [...new Set(Object.values(FORMS))] as unknown as readonly LeafForm<LeafKind, LeafNode>[]

/** What can be added, in the order in which it is offered. */
export const LEAF_KINDS: readonly LeafKind[] = ALL.map(({ kind }) => kind)

/** The form of a kind. */
export function formOfKind(kind: LeafKind): LeafForm<LeafKind, LeafNode> {
  return ALL.find((form) => form.kind === kind) ?? asAny(jsonForm)
}

/** The form by which a node is edited. */
export function formOf(node: AnyLeafNode): LeafForm<LeafKind, LeafNode> {
  return ALL.find((form) => form.owns(node)) ?? asAny(jsonForm)
}

/** The form of a leaf as conditions are written; undefined: it is left to JSON. */
export function formOfJson(object: JsonObject): LeafForm<LeafKind, LeafNode> | undefined {
  return ALL.find((form) => form.recognizes(object))
}

/** A leaf as it begins. @param id of the new leaf */
export function newLeaf(kind: LeafKind, id: number): LeafNode {
  return formOfKind(kind).empty(id)
}

function asAny(form: AnyForm): LeafForm<LeafKind, LeafNode> {
  return form as unknown as LeafForm<LeafKind, LeafNode>
}
