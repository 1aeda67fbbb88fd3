import type { Json } from '@affluent/protocol/event'

/** One step of a path: a key, then whether any element of what is there is meant. */
export interface Step {
  readonly key: string
  readonly each: boolean
}

const paths = new Map<string, readonly Step[]>()
const PATHS_REMEMBERED = 10_000

/** Whether a text is a path: names joined by dots, `[]` behind a name for any element; a dot or backslash in a name is escaped by a backslash. */
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
    const next: (Json | undefined)[] = []
    for (const value of values) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) continue
      const child = Object.hasOwn(value, key) ? value[key] : undefined
      if (!each) next.push(child)
      else if (Array.isArray(child)) next.push(...child)
    }
    values = next
  }
  return values.filter((value): value is Json => value !== undefined && value !== null)
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

function split(path: string): Step[] {
  const names: Step[] = []
  let key = ''
  let each = false
  for (let at = 0; at < path.length; at++) {
    const character = path[at] as string
    if (character === '\\' && at + 1 < path.length) key += path[++at]
    else if (character === '[' && path[at + 1] === ']' && (at + 2 === path.length || path[at + 2] === '.')) {
      each = true
      at++
    } else if (character === '.') {
      names.push({ key, each })
      key = ''
      each = false
    } else key += character
  }
  names.push({ key, each })
  return names
}
