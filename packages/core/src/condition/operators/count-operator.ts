import type { CountOp } from '@affluent/protocol/condition'
import type { CountedTexts, Texts } from '../../sentence/texts.ts'

/** How a count, a sum or another number of events is compared. */
export interface CountOperator {
  /** its name in a list: "at least" */
  readonly label: Texts
  /** how often, with `{shown}`: "at least {shown} times" */
  readonly sentence: CountedTexts
  /** the operator that holds exactly where this one does not; absent: none does */
  readonly opposite?: CountOp
  /** says that a count which is reached stays so until too few are left */
  readonly isLeast?: true
  /** What comparing with a count comes to: not once, at least once, however often. */
  means(count: number): 'never' | 'ever' | 'any' | undefined
  /** How many of the latest events tell whether it holds. */
  needs(count: number): number
  holds<T extends number | bigint>(a: T, b: T): boolean
  /** between two numbers in SQL */
  readonly symbol: string
}
