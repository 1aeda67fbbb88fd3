import type { Figure } from './figure.ts'

/**
 * A rate as a share of the rate of `JSON.parse` in the same run.
 * @param rate events a second
 * @param jsonParse events a second
 */
export function shareFigure(
  rate: number,
  jsonParse: number,
  bounds: { readonly floor: number; readonly goal: number },
): Figure {
  return { name: '  share of JSON.parse', value: rate / jsonParse, unit: 'ratio', better: 'more', ...bounds }
}
