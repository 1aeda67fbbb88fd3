import { type AudienceDefinition, countOf, sumOf } from '../../mix/audiences.ts'

/** A condition that the row audience asks. */
export interface AskedCondition extends AudienceDefinition {
  /** as the table calls it */
  readonly name: string
}

/** None is one of the mix: their history has to be computed. */
export const ASKED_CONDITIONS: readonly AskedCondition[] = [
  {
    name: 'count with a where',
    key: 'bench-count',
    condition: countOf('Product Viewed', 2, '30d', [{ property: 'price', op: 'gt', value: 40 }]),
  },
  { name: 'sum in 90 days', key: 'bench-sum', condition: sumOf(200, '90d') },
  {
    name: 'trait and not count',
    key: 'bench-trait',
    condition: {
      all: [
        { trait: 'plan', op: 'in', value: ['starter', 'pro', 'team'] },
        { not: countOf('Checkout Started', 1, '90d') },
      ],
    },
  },
]
