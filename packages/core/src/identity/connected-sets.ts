/**
 * Parts numbers into the sets that hang together by links.
 * @param members every number once
 * @param links between two members each
 * @returns sets in the order of their first members, members in their own order
 */
export function connectedSets(
  members: readonly number[],
  links: readonly { readonly a: number; readonly b: number }[],
): number[][] {
  const parents = new Map<number, number>()
  const rootOf = (member: number): number => {
    let root = member
    for (let parent = parents.get(root); parent !== undefined; parent = parents.get(root)) root = parent
    if (root !== member) parents.set(member, root)
    return root
  }
  for (const { a, b } of links) {
    const root = rootOf(a)
    const other = rootOf(b)
    if (root !== other) parents.set(other, root)
  }
  const sets = new Map<number, number[]>()
  for (const member of members) {
    const root = rootOf(member)
    const set = sets.get(root)
    if (set === undefined) sets.set(root, [member])
    else set.push(member)
  }
  return [...sets.values()]
}
