import type { Aggregate } from '@affluent/protocol/condition'
import type { AggregateFunction } from './aggregate-function.ts'
import { avg } from './avg.ts'
import { distinct } from './distinct.ts'
import { first } from './first.ts'
import { last } from './last.ts'
import { max } from './max.ts'
import { min } from './min.ts'
import { sum } from './sum.ts'

/** Every aggregate, in the order in which a builder offers them: one that is missing does not compile. */
export const aggregates: Readonly<Record<Aggregate, AggregateFunction>> = {
  sum,
  avg,
  min,
  max,
  distinct,
  first,
  last,
}
