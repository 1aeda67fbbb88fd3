import type { Leaf } from '@affluent/protocol/condition'
import type { JsonObject } from '@affluent/protocol/event'
import { aggregateWords } from './aggregate-words.ts'
import { audienceWords } from './audience-words.ts'
import { bucketWords } from './bucket-words.ts'
import { countWords } from './count-words.ts'
import { eachWords } from './each-words.ts'
import { identifierWords } from './identifier-words.ts'
import { knownWords } from './known-words.ts'
import type { LeafWords } from './leaf-words.ts'
import { traitWords } from './trait-words.ts'

/**
 * The words of every kind of leaf, in files of their own, so that a browser which tells a condition loads nothing that
 * answers it: one that is missing does not compile.
 */
const wordsOfLeaves: Readonly<Record<Leaf['kind'], LeafWords>> = {
  trait: traitWords,
  each: eachWords,
  count: countWords,
  aggregate: aggregateWords,
  audience: audienceWords,
  identifier: identifierWords,
  bucket: bucketWords,
  known: knownWords,
}
const ALL = Object.values(wordsOfLeaves)

/** The words for a leaf as conditions are written; undefined when it is of no kind that is known here. */
export function wordsOf(leaf: JsonObject): LeafWords | undefined {
  return ALL.find((words) => words.recognizes(leaf))
}
