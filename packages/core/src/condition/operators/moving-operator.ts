import type { MovingOperator } from './operator.ts'

/** What all operators have that compare dates with now. */
export const MOVING_OPERATOR = {
  kind: 'moving',
  takes: 'span',
  fits: { text: 'first' },
  readings: ['date'],
  ignoresCase: false,
  parse: (value, read) => read.span(value),
} as const satisfies Partial<MovingOperator>
