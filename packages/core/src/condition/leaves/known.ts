import type { KnownLeaf } from '@affluent/protocol/condition'
import { namespacesOf } from './identifier.ts'
import { type LeafKind, still } from './leaf-kind.ts'

/** At least one identifier names a person: the population `known`, which nobody writes. */
export const knownLeaf: LeafKind<KnownLeaf> = {
  format: () => ({ population: 'known' }),
  compile: () => still(({ isKnown }) => isKnown),
  ofNobody: () => 'no',
  sql: (_, facts) => `${facts.isKnown()} = 1`,
  why: (_, person) => namespacesOf(person),
}
