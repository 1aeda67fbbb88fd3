import type { Leaf } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { aggregateLeaf } from './aggregate.ts'
import { audienceLeaf } from './audience.ts'
import { bucketLeaf } from './bucket.ts'
import { countLeaf } from './count.ts'
import { eachLeaf } from './each.ts'
import { identifierLeaf } from './identifier.ts'
import { knownLeaf } from './known.ts'
import type { LeafKind } from './leaf-kind.ts'
import { traitLeaf } from './trait.ts'

type LeafKinds = { readonly [Kind in Leaf['kind']]: LeafKind<Extract<Leaf, { kind: Kind }>> }

/** Every kind of leaf: one that is missing does not compile. */
export const leafKinds: LeafKinds = {
  trait: traitLeaf,
  each: eachLeaf,
  count: countLeaf,
  aggregate: aggregateLeaf,
  audience: audienceLeaf,
  identifier: identifierLeaf,
  bucket: bucketLeaf,
  known: knownLeaf,
}

const ALL = Object.values(leafKinds) as readonly LeafKind<Leaf>[]

/** What a leaf is. */
export function leafKindOf<Own extends Leaf>(leaf: Own): LeafKind<Own> {
  return leafKinds[leaf.kind] as unknown as LeafKind<Own>
}

/** What a leaf is, as people and programs write it; undefined when it has the form of none. */
export function leafKindOfJson(leaf: JsonObject): LeafKind<Leaf> | undefined {
  const fitting = ALL.filter(({ form }) => form !== undefined && Object.hasOwn(leaf, form))
  const marked = fitting.find(({ marker }) => marker !== undefined && Object.hasOwn(leaf, marker))
  return marked ?? fitting.find(({ marker }) => marker === undefined)
}
