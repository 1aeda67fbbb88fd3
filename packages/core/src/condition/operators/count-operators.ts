import type { CountOp } from '@affluent/protocol/condition'
import type { CountOperator } from './count-operator.ts'
import { equalsCount } from './equals.ts'
import { gtCount } from './gt.ts'
import { gteCount } from './gte.ts'
import { ltCount } from './lt.ts'
import { lteCount } from './lte.ts'

/** Every operator that compares counts: one that is missing does not compile. */
export const countOperators: Readonly<Record<CountOp, CountOperator>> = {
  gte: gteCount,
  gt: gtCount,
  lte: lteCount,
  lt: ltCount,
  equals: equalsCount,
}
