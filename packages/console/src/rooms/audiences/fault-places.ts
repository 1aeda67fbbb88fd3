/**
 * The node that a fault of the API is about: the deepest one on the way of its path, so that `condition.all[1].where[0].op` finds the leaf.
 * @param path as the API names it
 * @returns undefined when the fault is about the condition as a whole, or about something else
 */
export function nodeAt(path: string | undefined, places: ReadonlyMap<string, number>): number | undefined {
  if (path === undefined) return undefined
  let found: string | undefined
  for (const place of places.keys()) {
    const isOnTheWay = path === place || path.startsWith(`${place}.`) || path.startsWith(`${place}[`)
    if (isOnTheWay && (found === undefined || place.length > found.length)) found = place
  }
  return found === undefined ? undefined : places.get(found)
}
