import type { Json } from '@affluent/protocol/event'

/** One step of a path: a key, then how many levels of lists are gone into, any element of each. */
export interface Step {
  readonly key: string
  readonly each: number
}

const paths = new Map<string, readonly Step[]>()
const PATHS_REMEMBERED = 10_000

/**
 * Whether a text is a path: names joined by dots, `[]` behind a name for any element; a dot or backslash in a name is
 * escaped by a backslash.
 */
export function isPath(text: string): boolean {
  return stepsOf(text).every(({ key }) => key !== '')
}

/** The first name of a path: the trait or property that it is about. */
export function rootOf(path: string): string {
  return (stepsOf(path)[0] as Step).key
}

/**
 * The values at a path: none, one, or with `[]` any number. null is no value.
 * @param from an object whose names the path begins with
 */
export function valuesAt(from: Json | undefined, path: string): Json[] {
  const steps = stepsOf(path)
  let values: (Json | undefined)[] = [from]
  for (const { key, each } of steps) {
    let next: (Json | undefined)[] = []
    for (const value of values) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
      const child = Object.hasOwn(value, key) ? value[key] : undefined
      next.push(child)
    }
    for (let level = 0; level < each; level++) next = elementsOf(next)
    values = next
  }
  return values.filter((value): value is Json => value !== undefined && value !== null)
}

function elementsOf(values: readonly (Json | undefined)[]): Json[] {
  return values.flatMap((value) => (Array.isArray(value) ? value : []))
}

/** The steps of a path, from the outside in. */
export function stepsOf(path: string): readonly Step[] {
  const known = paths.get(path)
  if (known !== undefined) return known
  const steps = split(path)
  if (paths.size >= PATHS_REMEMBERED) paths.clear()
  paths.set(path, steps)
  return steps
}

const ENDS_IN_LISTS = /^(?:\[\])+$/

function nextDot(path: string, from: number): number {
  const dot = path.indexOf('.', from)
  return dot < 0 ? path.length : dot
}

function split(path: string): Step[] {
  const names: Step[] = []
  let key = ''
  let each = 0
  for (let at = 0; at < path.length; at++) {
    const character = path[at] as string
    if (character === '\\' && at + 1 < path.length) key += path[++at]
    else if (character === '[' && ENDS_IN_LISTS.test(path.slice(at, nextDot(path, at)))) {
      each = (nextDot(path, at) - at) / 2
      at += each * 2 - 1
    } else if (character === '.') {
      names.push({ key, each })
      key = ''
      each = 0
    } else key += character
  }
  names.push({ key, each })
  return names
}
