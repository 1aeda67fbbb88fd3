/** A node of the builder, and where inside it. */
export interface NodePlace {
  readonly node: number
  /** what follows the node's own path, such as `.where[0].op`; '' for the node itself */
  readonly rest: string
}

/**
 * The node that a fault or warning of the API is about: the deepest one on the way of its path, so that
 * `condition.all[1].where[0].op` finds the leaf.
 * @param path as the API names it
 * @returns undefined when it is about the condition as a whole, or about something else
 */
export function placeOf(
  path: string | undefined,
  places: ReadonlyMap<string, number>,
): NodePlace | undefined {
  if (path === undefined) return undefined
  let found: string | undefined
  for (const place of places.keys()) {
    const isOnTheWay = path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)
    if (isOnTheWay && (found === undefined || place.length > found.length)) found = place
  }
  const node = found === undefined ? undefined : places.get(found)
  return found === undefined || node === undefined ? undefined : { node, rest: path.slice(found.length) }
}
