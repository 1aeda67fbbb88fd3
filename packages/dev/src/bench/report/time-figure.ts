import type { Figure } from './figure.ts'

/** A figure in milliseconds, of which less is better. */
export function timeFigure(
  name: string,
  ms: number,
  bounds: Pick<Figure, 'limit' | 'floor' | 'goal'> = {},
): Figure {
  return { name, value: ms, unit: 'ms', better: 'less', ...bounds }
}
