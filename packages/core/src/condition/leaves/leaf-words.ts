import type { JsonObject } from '@affluent/protocol/event'
import type { Speaker } from '../../sentence/speaker.ts'

/** How a kind of leaf is told in a sentence, from the JSON as conditions are written. */
export interface LeafWords {
  /** Whether an object is a leaf of this kind. */
  recognizes(object: JsonObject): boolean
  /**
   * A relative clause with marked values: "whose “plan” is “pro”".
   * @returns undefined when the leaf has a form that is not known here
   */
  describe(leaf: JsonObject, speaker: Speaker): string | undefined
  /** The leaf that holds exactly where this one does not; undefined: none does. */
  opposite?(leaf: JsonObject): JsonObject | undefined
  /** The clause of whom it does not hold for, where no other leaf says that. */
  describeNot?(leaf: JsonObject, speaker: Speaker): string
}
