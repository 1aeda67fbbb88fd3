/** Where a fragment stands in the picture, in pixels. */
export interface Spot {
  readonly id: string
  readonly x: number
  readonly y: number
}

interface Edge {
  readonly a: string
  readonly b: string
}

// Between two boxes of 200 pixels stands a label of 22 letters.
const COLUMN = 420
const ROW = 84

/**
 * A tree from left to right: the fragment with most merges first, what joined it to its right. Merges form a forest, so
 * no line crosses a box.
 * @param ids fragments, oldest first
 */
export function layoutGraph(ids: readonly string[], edges: readonly Edge[]): readonly Spot[] {
  const neighbours = new Map<string, string[]>(ids.map((id) => [id, []]))
  for (const { a, b } of edges) {
    neighbours.get(a)?.push(b)
    neighbours.get(b)?.push(a)
  }
  const degree = (id: string) => neighbours.get(id)?.length ?? 0
  const roots = ids.toSorted((a, b) => degree(b) - degree(a))
  const spots = new Map<string, Spot>()
  let row = 0
  for (const root of roots) {
    if (spots.has(root)) continue
    for (const { id, column, children } of inOrderOfEnd(root, neighbours, spots)) {
      const own = children.map((child) => spots.get(child)).filter((spot) => spot !== undefined)
      const [first, last] = [own[0], own.at(-1)]
      const y = first === undefined || last === undefined ? row++ * ROW : (first.y + last.y) / 2
      spots.set(id, { id, x: column * COLUMN, y })
    }
  }
  return ids.flatMap((id) => spots.get(id) ?? [])
}

interface Visit {
  readonly id: string
  readonly column: number
  readonly children: readonly string[]
}

/** Children before the fragment that holds them; without recursion, as a chain may be long. */
function inOrderOfEnd(
  root: string,
  neighbours: ReadonlyMap<string, readonly string[]>,
  placed: ReadonlyMap<string, Spot>,
): readonly Visit[] {
  const seen = new Set([root])
  const open: Visit[] = [{ id: root, column: 0, children: [] }]
  const visits: Visit[] = []
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const children = (neighbours.get(visit.id) ?? []).filter((id) => !seen.has(id) && !placed.has(id))
    for (const child of children) seen.add(child)
    visits.push({ ...visit, children })
    for (const id of children) open.push({ id, column: visit.column + 1, children: [] })
  }
  return visits.toReversed()
}
