import type { EventType, Json, JsonObject } from '@affluent/protocol/event'
import { PROPERTY_PATH_CHARS_MAX, PROPERTY_PATHS_CHARS_MAX } from '@affluent/protocol/limits'

import { askedProperties, isTyped } from './asked-properties.ts'

/** The properties of one event by path, each value under the type it has. */
export interface FlatProperties {
  /** never -0, which equals 0 and must be counted as the same */
  readonly num: ReadonlyMap<string, number>
  readonly text: ReadonlyMap<string, string>
  readonly flag: ReadonlyMap<string, boolean>
  /** elements as JSON scalars: `"abc"`, `50`, `true` */
  readonly list: ReadonlyMap<string, readonly string[]>
  /** false: something is beyond the bounds */
  readonly isWhole: boolean
}

/**
 * Properties as conditions ask for them: the `properties` of a track, page or screen event, flattened.
 *
 * A path is the keys from the outside in, joined by dots: `address.city`. A dot, a backslash or an opening bracket
 * inside a key has a backslash before it: `a\.b`. Going into an array adds `[]`, and what is inside belongs to one
 * list, in the order of the event: `items[].sku`, `items[].tags[]`. Only the elements of an outermost array stand under
 * the path of the array itself: those of `tags` in the list `tags`, and whoever asks for `tags[]` means that list. An
 * array makes a list also when no scalar is in it; an object is there only by what is in it. `null` is the same as
 * absent. Numbers in lists are written as JavaScript does, so that 50 and 50.0 are one.
 *
 * An empty key has no path. Beyond PROPERTY_PATHS_CHARS_MAX characters of all paths of one event, and beyond
 * PROPERTY_PATH_CHARS_MAX of one path, values stay in the raw event only: no condition sees them.
 */
export function flattenProperties(type: EventType, json: JsonObject): FlatProperties {
  const properties = isTyped(type) ? askedProperties(type, json) : undefined
  if (properties === undefined) return NONE
  const flat = new Flattening()
  flat.addObject('', properties)
  return flat
}

const NO_NUMBERS: ReadonlyMap<string, number> = new Map()
const NO_TEXTS: ReadonlyMap<string, string> = new Map()
const NO_FLAGS: ReadonlyMap<string, boolean> = new Map()
const NO_LISTS: ReadonlyMap<string, readonly string[]> = new Map()
const NONE: FlatProperties = {
  num: NO_NUMBERS,
  text: NO_TEXTS,
  flag: NO_FLAGS,
  list: NO_LISTS,
  isWhole: true,
}
const SPECIAL = /[.\\[]/

class Flattening implements FlatProperties {
  #num: Map<string, number> | undefined
  #text: Map<string, string> | undefined
  #flag: Map<string, boolean> | undefined
  #list: Map<string, string[]> | undefined
  #characters = 0
  isWhole = true

  get num(): ReadonlyMap<string, number> {
    return this.#num ?? NO_NUMBERS
  }

  get text(): ReadonlyMap<string, string> {
    return this.#text ?? NO_TEXTS
  }

  get flag(): ReadonlyMap<string, boolean> {
    return this.#flag ?? NO_FLAGS
  }

  get list(): ReadonlyMap<string, readonly string[]> {
    return this.#list ?? NO_LISTS
  }

  addObject(outer: string, value: JsonObject): void {
    for (const key in value) {
      if (key === '') continue
      const path = joinPath(outer, key)
      const inner = value[key] as Json
      if (typeof inner === 'string') {
        if (this.#admit(path)) (this.#text ??= new Map()).set(path, inner)
      } else if (typeof inner === 'number') {
        if (this.#admit(path)) (this.#num ??= new Map()).set(path, inner + 0)
      } else if (typeof inner === 'boolean') {
        if (this.#admit(path)) (this.#flag ??= new Map()).set(path, inner)
      } else if (Array.isArray(inner)) {
        this.#addArray(path, path, inner)
      } else if (inner !== null) {
        this.addObject(path, inner)
      }
    }
  }

  /** @param listPath of the list to which scalars among the elements go */
  #addArray(path: string, listPath: string, values: readonly Json[]): void {
    const list = this.#listAt(listPath)
    for (const value of values) {
      if (Array.isArray(value)) this.#addArray(`${path}[]`, `${path}[][]`, value)
      else if (typeof value === 'object' && value !== null) this.#addItem(`${path}[]`, value)
      else if (value !== null) list?.push(JSON.stringify(value))
    }
  }

  /** An object inside an array: all that it holds goes to lists. */
  #addItem(outer: string, value: JsonObject): void {
    for (const key in value) {
      if (key === '') continue
      const path = joinPath(outer, key)
      const inner = value[key] as Json
      if (Array.isArray(inner)) this.#addArray(path, `${path}[]`, inner)
      else if (typeof inner === 'object' && inner !== null) this.#addItem(path, inner)
      else if (inner !== null) this.#listAt(path)?.push(JSON.stringify(inner))
    }
  }

  #listAt(path: string): string[] | undefined {
    const known = this.#list?.get(path)
    if (known !== undefined) return known
    if (!this.#admit(path)) return undefined
    const list: string[] = []
    ;(this.#list ??= new Map()).set(path, list)
    return list
  }

  #admit(path: string): boolean {
    const isTaken =
      path.length <= PROPERTY_PATH_CHARS_MAX && this.#characters + path.length <= PROPERTY_PATHS_CHARS_MAX
    if (isTaken) this.#characters += path.length
    else this.isWhole = false
    return isTaken
  }
}

/** The path of a key below another path ('' for the properties themselves). */
export function joinPath(outer: string, key: string): string {
  const name = nameInPath(key)
  return outer === '' ? name : `${outer}.${name}`
}

/** A key as it stands in a path. */
export function nameInPath(key: string): string {
  return SPECIAL.test(key) ? key.replace(/[.\\[]/g, '\\$&') : key
}
