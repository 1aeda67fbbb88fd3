import { joinPath } from '../../event/flatten-properties.ts'
import { stepsOf } from '../value-path.ts'

/** Where the values at a path are, among properties as `flattenProperties` keeps them. */
export interface PathKeys {
  /** key of a number, text or flag; undefined: inside an array there is none */
  readonly scalar: string | undefined
  /** key of a list whose elements are values at the path */
  readonly elements: string | undefined
  /** key of a list whose elements are in arrays that are values at the path */
  readonly inArrays: string
  /** keys of lists that are there when a value is */
  readonly lists: readonly string[]
  /** what all keys begin with that are inside a value */
  readonly inside: readonly string[]
}

/** @param path as conditions write it */
export function pathKeys(path: string): PathKeys {
  const steps = stepsOf(path)
  const last = steps.length - 1
  let outer = ''
  for (const [index, { key, each }] of steps.entries()) {
    outer = joinPath(outer, key)
    if (index < last) outer += '[]'.repeat(each)
  }
  const isNested = steps.slice(0, last).some(({ each }) => each > 0)
  const levels = steps[last]?.each ?? 0
  const own = outer + '[]'.repeat(levels)
  if (!isNested && levels === 0)
    return { scalar: own, elements: undefined, inArrays: own, lists: [own], inside: [`${own}.`] }
  // the elements of an outermost array stand under its own path
  const elements = levels === 1 && !isNested ? outer : own
  return {
    scalar: undefined,
    elements,
    inArrays: `${own}[]`,
    lists: [`${own}[]`],
    inside: [`${own}.`, `${own}[]`],
  }
}
